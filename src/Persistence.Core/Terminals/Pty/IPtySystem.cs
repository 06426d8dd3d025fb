using Persistence.Diagnostics;

namespace Persistence.Terminals.Pty;

/// <summary>Where pseudo-terminals come from: the operating system, or a script in a simulation. Thread-safe.</summary>
public interface IPtySystem
{
    /// <summary>Starts a program as the leader of a session of its own, on a new pseudo-terminal that is its controlling one and its standard input, output and error.</summary>
    /// <param name="start">What, and how.</param>
    /// <returns>The terminal, which the caller disposes of.</returns>
    /// <exception cref="StoreException"><see cref="StoreError.PtySpawnFailed"/>: there is no such program or directory, it cannot be run, or the system has no more terminals or processes; the message says which. Nothing is left behind.</exception>
    IPty Spawn(PtyStart start);

    /// <summary>What waits for many terminals at once.</summary>
    IPtyPoller CreatePoller();
}
