namespace Persistence.Storage.Simulated;

/// <summary>Where a misdirected write lands.</summary>
/// <param name="Path">Another file, which exists; null: the same one.</param>
/// <param name="Offset">Where in it.</param>
public readonly record struct Misdirection(string? Path, long Offset);
