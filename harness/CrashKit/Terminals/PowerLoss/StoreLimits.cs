namespace Persistence.CrashKit.Terminals.PowerLoss;

/// <summary>How much output has to be kept of a pane.</summary>
/// <param name="Lines">Line feeds; 0: no such limit.</param>
/// <param name="Bytes">Bytes.</param>
internal readonly record struct StoreLimits(long Lines, long Bytes);
