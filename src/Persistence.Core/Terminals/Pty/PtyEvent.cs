namespace Persistence.Terminals.Pty;

/// <summary>What can be done with a terminal.</summary>
/// <param name="Pty">The terminal.</param>
/// <param name="CanRead">There is output, or it has ended.</param>
/// <param name="CanWrite">There is room for input.</param>
/// <param name="HasExited">The program has ended: <see cref="IPty.FindExit"/> says how.</param>
public readonly record struct PtyEvent(IPty Pty, bool CanRead, bool CanWrite, bool HasExited);
