namespace Persistence.CrashKit.Soak;

/// <summary>How long one worker writes, and how it ends.</summary>
/// <param name="Time">How long.</param>
/// <param name="EndsByKill">Whether in the middle of its work; otherwise it closes the store.</param>
internal readonly record struct SoakLife(TimeSpan Time, bool EndsByKill);
