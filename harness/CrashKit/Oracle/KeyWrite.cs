namespace Persistence.CrashKit.Oracle;

/// <summary>One write of an operation.</summary>
/// <param name="Key">The key.</param>
/// <param name="Value">The value, used nowhere else in the store's life; null for a delete.</param>
public readonly record struct KeyWrite(string Key, string? Value);
