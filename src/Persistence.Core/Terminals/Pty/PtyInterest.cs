namespace Persistence.Terminals.Pty;

/// <summary>What of a terminal is waited for.</summary>
[Flags]
public enum PtyInterest
{
    /// <summary>Only the program's end.</summary>
    None = 0,

    /// <summary>Output, or its end.</summary>
    Output = 1,

    /// <summary>Room for input.</summary>
    Input = 2,
}
