namespace Persistence.Compaction;

/// <summary>How much log is kept for reading beyond what recovery needs. What exceeds any of the limits may go.</summary>
/// <param name="Bytes">Bytes of all segments together.</param>
/// <param name="Segments">Number of segments; 0: no limit.</param>
/// <param name="Since">Records from this moment on are kept, 100 ns units since 1970-01-01 UTC; <see cref="long.MinValue"/>: no limit by age.</param>
internal readonly record struct LogRetention(long Bytes, int Segments, long Since);
