namespace Persistence.CrashKit.Runs;

/// <summary>A store that only kills have happened to cannot be opened or read.</summary>
internal sealed class StoreRefusedException(string message) : Exception(message);
