namespace Persistence.Terminals.Pty;

/// <summary>
/// A pseudo-terminal and the program on it. No member blocks. Reading, writing and asking for the exit are for one thread at a time each; disposing is for when none of them is under way.
/// Disposing closes the terminal, which hangs the program up, and lets go of it; a program that survives that goes on without us, and leaves no zombie when it ends.
/// </summary>
public interface IPty : IDisposable
{
    /// <summary>The program's process id.</summary>
    int ProcessId { get; }

    /// <summary>When it started: with the process id it tells this process from any other, also after a restart of ours.</summary>
    DateTimeOffset StartTime { get; }

    /// <summary>Takes output.</summary>
    /// <param name="buffer">Gets it; not empty.</param>
    /// <returns>How many bytes there were; 0: none just now; <see cref="PtyRead.Ended"/>: there will be none any more. It ends when the program has ended and no other has the terminal open.</returns>
    int Read(Span<byte> buffer);

    /// <summary>Gives input.</summary>
    /// <returns>How many of the bytes were taken; 0: no room just now, or the terminal has ended.</returns>
    int Write(ReadOnlySpan<byte> bytes);

    /// <summary>Tells the program that its terminal has another size (SIGWINCH). Of one that has ended nothing happens.</summary>
    void Resize(TerminalSize size);

    /// <summary>How the program has ended; null: it runs. Known before or after the output has ended, since others may hold the terminal.</summary>
    PtyExit? FindExit();

    /// <summary>The directory that the program in the foreground is in just now, or else the one that was started; null when the system does not say, or it was removed.</summary>
    string? FindWorkingDirectory();

    /// <summary>Ends the program's process group, and the one in the foreground, at once (SIGKILL). Of one that has ended nothing happens.</summary>
    void Kill();
}
