using Persistence.Serialization;
using Persistence.Terminals.Pty;

namespace Persistence.Terminals;

/// <summary>A pane in which a program runs.</summary>
internal sealed class LivePane(PaneId id, IPty pty, PaneProcess process, TerminalSize size)
{
    private const int OutputCapacity = 16 << 20;

    // The reader's alone.
    public OscScanner Scanner { get; } = new();

    public PtyInterest Interest { get; set; } = PtyInterest.Output;

    public TerminalSize Size { get; set; } = size;

    public bool HasEnded { get; set; }

    /// <summary>How much was read since its program has ended.</summary>
    public int RestBytes { get; set; }

    public long LookedAt { get; set; }

    public string? SeenDirectory { get; set; }

    // Never changed.
    public PaneId Id => id;

    public IPty Pty => pty;

    public PaneProcess Process => process;

    // Under the table's gate: output that was read; since when the oldest of it waits; output that is on its way into the log.
    public GrowableBuffer Read { get; private set; } = new(OutputCapacity);

    public long ReadSince { get; set; }

    public GrowableBuffer Logging { get; private set; } = new(OutputCapacity);

    // Under the table's gate: input that the program has not taken yet.
    public GrowableBuffer Input { get; } = new(OutputCapacity);

    // Under the table's gate.
    public TerminalSize WantedSize { get; set; } = size;

    public bool IsToBeKilled { get; set; }

    public string? NewTitle { get; set; }

    public string? NewDirectory { get; set; }

    /// <summary>How many bytes were read, and logged, since it was started; and up to where somebody waits for them.</summary>
    public long ReadBytes { get; set; }

    public long LoggedBytes { get; set; }

    public long AwaitedBytes { get; set; }

    public PtyExit? Exit { get; set; }

    /// <summary>The program has ended, and all that it has written was read.</summary>
    public bool IsFinished { get; set; }

    /// <summary>What goes into the log with the output that is on its way.</summary>
    public LoggedNews? Logged { get; set; }

    /// <summary>A commit of what it has written, or of its end, is under way.</summary>
    public bool IsBeingLogged { get; set; }

    /// <summary>It is about to be let go of, once what it has written is logged: nothing more is read of it.</summary>
    public bool IsClosing { get; set; }

    /// <summary>What it had written when closing began was read.</summary>
    public bool IsLastRead { get; set; }

    /// <summary>Nobody wants it any more: it is hung up.</summary>
    public bool IsLetGo { get; set; }

    /// <summary>It was hung up, and nothing of it is left.</summary>
    public bool IsGone { get; set; }

    /// <summary>Whether there is something to be logged.</summary>
    public bool HasNews => Read.Length > 0 || Logging.Length > 0 || NewTitle is not null || NewDirectory is not null || IsFinished;

    /// <summary>Hands what was read to the one who logs it, unless the last hand-over is not through.</summary>
    public void BeginLogging()
    {
        if (Logging.Length == 0)
            (Read, Logging) = (Logging, Read);
    }
}
