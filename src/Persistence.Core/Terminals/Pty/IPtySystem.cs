using Persistence.Diagnostics;

namespace Persistence.Terminals.Pty;

/// <summary>Where pseudo-terminals come from: the operating system, or a script in a simulation. Thread-safe.</summary>
public interface IPtySystem
{
    /// <summary>Starts a program as the leader of a session of its own, on a new pseudo-terminal that is its controlling one and its standard input, output and error.</summary>
    /// <param name="start">What, and how.</param>
    /// <returns>The terminal, which the caller disposes of.</returns>
    /// <exception cref="PtySpawnException"><see cref="StoreError.PtySpawnFailed"/>: there is no such program or directory, it cannot be run, or the system has no more terminals or processes; <see cref="PtySpawnException.Fault"/> and the message say which. Nothing is left behind.</exception>
    /// <exception cref="ArgumentException">A part is missing, the directory is not an absolute path, a text has a NUL character in it or is not valid Unicode, or a variable's name is empty or has "=" in it.</exception>
    IPty Spawn(PtyStart start);

    /// <summary>What waits for many terminals at once. To be disposed of.</summary>
    /// <exception cref="StoreException"><see cref="StoreError.TooManyOpenFiles"/>, or another error of the system's.</exception>
    IPtyPoller CreatePoller();
}
