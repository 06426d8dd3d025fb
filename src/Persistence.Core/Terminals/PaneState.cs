namespace Persistence.Terminals;

/// <summary>What goes on in a pane.</summary>
public sealed record PaneState
{
    private PaneState(PaneStatus status)
    {
        Status = status;
    }

    /// <summary>Nothing was ever started.</summary>
    public static PaneState New { get; } = new(PaneStatus.Detached);

    /// <summary>Whether a program runs.</summary>
    public PaneStatus Status { get; private init; }

    /// <summary>The exit code of a program that has ended; null while none has.</summary>
    public int? ExitCode { get; private init; }

    /// <summary>The signal that ended it, or 0.</summary>
    public int Signal { get; private init; }

    /// <summary>The process that runs, or ran last; null: there never was one.</summary>
    public PaneProcess? Process { get; private init; }

    /// <summary>A program was started.</summary>
    /// <exception cref="ArgumentException">The process has text that is too long or not valid.</exception>
    public static PaneState Running(PaneProcess process)
    {
        ArgumentNullException.ThrowIfNull(process);
        return new PaneState(PaneStatus.Running) { Process = Check(process) };
    }

    /// <summary>The program has ended.</summary>
    /// <param name="exitCode">Its exit code.</param>
    /// <param name="signal">The signal that ended it, or 0.</param>
    /// <param name="process">Which it was, if that is known.</param>
    public static PaneState Exited(int exitCode, int signal, PaneProcess? process) =>
        new(PaneStatus.Exited) { ExitCode = exitCode, Signal = signal, Process = Check(process) };

    /// <summary>Its host lets go of it.</summary>
    public static PaneState Detached(PaneProcess? process) => new(PaneStatus.Detached) { Process = Check(process) };

    private static PaneProcess? Check(PaneProcess? process)
    {
        if (process is not null)
        {
            TerminalText.RequireShown(process.BootId, TerminalText.NameCharsMax, "boot id");
            TerminalText.RequireShown(process.HostName, TerminalText.NameCharsMax, "host name");
        }

        return process;
    }
}
