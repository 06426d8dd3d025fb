using System.Globalization;

namespace Persistence.Terminals.Pty;

/// <summary>How a program has ended.</summary>
/// <param name="Code">Its exit code; 128 and the signal's number when a signal ended it; -1 when the system did not tell.</param>
/// <param name="Signal">The signal that ended it, or 0.</param>
public readonly record struct PtyExit(int Code, int Signal)
{
    /// <summary>The end of a program of which the system did not tell how it came.</summary>
    public static PtyExit Unknown { get; } = new(-1, 0);

    /// <summary>"0" or "137 (signal 9)".</summary>
    public override string ToString() => Signal == 0
        ? Code.ToString(CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{Code} (signal {Signal})");
}
