namespace Persistence.CrashKit.Oracle;

/// <summary>What an operation did to one key.</summary>
/// <param name="Operation">The operation.</param>
/// <param name="Value">The value written; null for a delete.</param>
internal readonly record struct KeyChange(Operation Operation, string? Value);
