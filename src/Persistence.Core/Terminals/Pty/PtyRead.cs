namespace Persistence.Terminals.Pty;

/// <summary>What <see cref="IPty.Read"/> returns beside a number of bytes.</summary>
public static class PtyRead
{
    /// <summary>The output has ended.</summary>
    public const int Ended = -1;
}
