using Persistence.State;

namespace Persistence.Engine;

/// <summary>Records of one kind.</summary>
/// <param name="Type">The kind.</param>
/// <param name="Name">For application records: the application's name for what they are; null for other kinds, and for names beyond the first few hundred.</param>
/// <param name="Count">How many.</param>
/// <param name="PayloadBytes">Bytes of their payloads.</param>
public sealed record RecordMeasure(RecordType Type, string? Name, long Count, long PayloadBytes);
