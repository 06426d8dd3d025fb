using Persistence.Configuration;
using Persistence.Terminals.Pty;

namespace Persistence.Terminals;

/// <summary>
/// The thread that reads what programs write and hands them their input. It never waits for the log: what was read waits in memory, and of a pane that has as much there as it may have nothing more is read until
/// that is logged. Then its program waits, and no other.
/// </summary>
internal sealed class PaneReader(PaneTable table, TerminalState state, Func<StoreOptions> options, string hostName)
{
    private const int PieceBytes = 64 << 10;
    private const int PiecesAtOnceMax = 16;

    // More than a terminal holds: who goes on after the program's end is another.
    private const int RestBytesMax = 256 << 10;

    // What may wait for the log: of one pane, and of all of them together unless there are very many.
    private const int WaitingBytesMin = 128 << 10;
    private const int WaitingBytesMax = 1 << 20;
    private const int AllWaitingBytesMax = 32 << 20;

    // While checkpoints do not keep up with the output.
    private const int WaitingBytesUnderPressure = 4 << 10;
    private static readonly TimeSpan PressureLook = TimeSpan.FromMilliseconds(20);

    private readonly byte[] _piece = new byte[PieceBytes];
    private readonly List<PtyEvent> _ready = [];
    private readonly Dictionary<IPty, LivePane> _watched = [];

    // Those that may be in another directory than when it was looked at last.
    private readonly HashSet<LivePane> _wantingLook = [];

    // Those of which more is read once checkpoints have caught up.
    private readonly HashSet<LivePane> _heldBack = [];

    // As it was when the pane at hand was come to. All that is decided of the pane goes by this: one that is not read for the sake of checkpoints has to be held back, or nobody would come to it again.
    private OutputPressure _pressure;

    /// <summary>Runs until reading is over; then the terminals are open still, and nobody waits for them.</summary>
    public void Run()
    {
        while (TakeCalls() is LivePane[] called)
        {
            foreach (LivePane pane in called)
                Attend(pane);
            table.Poller.Wait(_ready, UntilNextLook());
            foreach (PtyEvent ready in _ready)
                Serve(ready);
            foreach (LivePane pane in _heldBack.ToArray())
                Attend(pane);
        }

        foreach (LivePane pane in _watched.Values)
            table.Poller.Remove(pane.Pty);
        _watched.Clear();
    }

    private TimeSpan UntilNextLook()
    {
        TimeSpan directories = LookAtDirectories();
        if (_heldBack.Count > 0)
            state.AskForCheckpoint();
        return _heldBack.Count > 0 && (directories == Timeout.InfiniteTimeSpan || directories > PressureLook) ? PressureLook : directories;
    }

    /// <summary>Takes what there is to be had just now, when reading is over: a little of each.</summary>
    public void ReadLast(LivePane pane)
    {
        // A terminal gives a few KiB at once.
        for (int bytes = 0, count = 1; count > 0 && bytes < WaitingBytesMin && !pane.HasEnded; bytes += count)
            count = ReadPiece(pane);
    }

    /// <returns>Null when reading is over.</returns>
    private LivePane[]? TakeCalls() => table.Under(() =>
    {
        LivePane[] called = [.. table.Attention];
        table.Attention.Clear();
        return table.IsReadingOver ? null : called;
    });

    /// <summary>Sees to what others want of a pane, and to what follows from what was just done.</summary>
    private void Attend(LivePane pane)
    {
        if (pane.IsGone)
            return;
        try
        {
            if (table.Under(() => pane.IsLetGo))
                LetGo(pane);
            else
                Serve(pane);
        }
#pragma warning disable CA1031 // Nobody is above this thread: what happens at one terminal must end neither the others nor the process.
        catch (Exception e)
        {
            GiveUp(pane, e);
        }
#pragma warning restore CA1031
    }

    /// <summary>The system cannot wait for this terminal, or it cannot be read: nobody would see what its program does. The others go on.</summary>
    private void GiveUp(LivePane pane, Exception error)
    {
        pane.Pty.Kill();
        pane.HasEnded = true;
        table.Under(() =>
        {
            table.Trouble = error;
            pane.Exit ??= pane.Pty.FindExit() ?? PtyExit.Unknown;
            pane.IsFinished = true;
            pane.IsLastRead = true;
            table.NoteChange();
        });
    }

    private void Serve(LivePane pane)
    {
        _pressure = state.Pressure;
        if (_watched.TryAdd(pane.Pty, pane))
        {
            table.Poller.Add(pane.Pty);
            _wantingLook.Add(pane);
        }

        if (table.Under(() => pane.IsToBeKilled))
        {
            pane.Pty.Kill();
            table.Under(() => pane.IsToBeKilled = false);
        }

        if (table.Under(() => pane.IsClosing && !pane.IsLastRead))
            ReadUntilClosed(pane);
        TerminalSize wanted = table.Under(() => pane.WantedSize);
        if (wanted != pane.Size)
        {
            pane.Pty.Resize(wanted);
            pane.Size = wanted;
        }

        // What a program that has ended has left behind may be there without being announced.
        if (pane.Exit is not null && !pane.IsFinished)
            ReadRest(pane);
        Watch(pane);
    }

    /// <summary>Nothing comes behind what is there now.</summary>
    private void ReadUntilClosed(LivePane pane)
    {
        ReadLast(pane);
        table.Under(() =>
        {
            pane.IsLastRead = true;
            table.Gate.PulseAll();
        });
    }

    private void LetGo(LivePane pane)
    {
        _wantingLook.Remove(pane);
        _heldBack.Remove(pane);
        if (_watched.Remove(pane.Pty))
            table.Poller.Remove(pane.Pty);
        pane.Pty.Dispose();
        table.Under(() =>
        {
            table.Panes.Remove(pane.Id);
            pane.IsGone = true;
            table.NoteChange();
        });
    }

    private void Watch(LivePane pane)
    {
        PtyInterest interest = table.Under(() => InterestIn(pane));
        if (!pane.HasEnded && !interest.HasFlag(PtyInterest.Output) && _pressure != OutputPressure.None)
            _heldBack.Add(pane);
        else
            _heldBack.Remove(pane);
        if (interest == pane.Interest)
            return;
        table.Poller.Watch(pane.Pty, interest);
        pane.Interest = interest;
    }

    private PtyInterest InterestIn(LivePane pane) =>
        (pane.HasEnded || !HasRoom(pane) ? PtyInterest.None : PtyInterest.Output) | (pane.Input.Length > 0 && !pane.HasEnded ? PtyInterest.Input : PtyInterest.None);

    private bool HasRoom(LivePane pane) => !pane.IsClosing && pane.Read.Length < _pressure switch
    {
        OutputPressure.None => Math.Max(Math.Max(WaitingBytesMin, 2 * options().TerminalOutputBatchBytes), Math.Min(WaitingBytesMax, AllWaitingBytesMax / Math.Max(1, table.Panes.Count))),
        // Enough for whoever writes little: only a flood is held back.
        OutputPressure.High => WaitingBytesUnderPressure,
        _ => 0,
    };

    private void Serve(PtyEvent ready)
    {
        if (!_watched.TryGetValue(ready.Pty, out LivePane? pane))
            return;
        try
        {
            Take(ready, pane);
        }
#pragma warning disable CA1031 // As above.
        catch (Exception e)
        {
            GiveUp(pane, e);
        }
#pragma warning restore CA1031
        Attend(pane);
    }

    private void Take(PtyEvent ready, LivePane pane)
    {
        _pressure = state.Pressure;
        if (ready.CanWrite)
            WriteInput(pane);
        if (ready.CanRead)
            ReadPieces(pane);
        if (!ready.HasExited)
            return;
        PtyExit exit = pane.Pty.FindExit() ?? PtyExit.Unknown;
        table.Under(() => pane.Exit = exit);
        _wantingLook.Remove(pane);
    }

    /// <summary>A terminal gives a few KiB at once, however much the program writes.</summary>
    private void ReadPieces(LivePane pane)
    {
        for (int i = 0; i < PiecesAtOnceMax && !pane.HasEnded && table.Under(() => HasRoom(pane)); i++)
        {
            if (ReadPiece(pane) == 0)
                break;
        }
    }

    /// <summary>Others may hold the terminal still, and write on: they are hung up.</summary>
    private void ReadRest(LivePane pane)
    {
        while (!pane.HasEnded && table.Under(() => HasRoom(pane)))
        {
            int count = ReadPiece(pane);
            pane.RestBytes += count;
            pane.HasEnded |= count == 0 || pane.RestBytes > RestBytesMax;
        }

        if (pane.HasEnded)
        {
            table.Under(() =>
            {
                pane.IsFinished = true;
                table.Gate.PulseAll();
            });
        }
    }

    /// <returns>How many bytes there were.</returns>
    private int ReadPiece(LivePane pane)
    {
        int count = pane.Pty.Read(_piece);
        if (count == PtyRead.Ended)
        {
            pane.HasEnded = true;
            return 0;
        }

        if (count > 0)
            Take(pane, _piece.AsSpan(0, count));
        return count;
    }

    private void Take(LivePane pane, ReadOnlySpan<byte> bytes)
    {
        pane.Scanner.Scan(bytes);
        _wantingLook.Add(pane);
        table.Gate.Enter();
        try
        {
            bool isFirst = pane.Read.Length == 0;
            if (isFirst)
                pane.ReadSince = table.Clock.GetTimestamp();
            int due = options().TerminalOutputBatchBytes;
            bool makesDue = pane.Read.Length < due && pane.Read.Length + bytes.Length >= due;
            pane.Read.Write(bytes);
            pane.ReadBytes += bytes.Length;
            NoteSaid(pane);
            if (isFirst || makesDue)
                table.Gate.PulseAll();
        }
        finally
        {
            table.Gate.Exit();
        }
    }

    private void NoteSaid(LivePane pane)
    {
        if (pane.Scanner.Title is string title)
            pane.NewTitle = SaidText.ToTitle(title);
        // A file that is shown may say something, too: what the system knows is better.
        if (pane.SeenDirectory is null && pane.Scanner.Directory is string uri && SaidText.ToDirectory(uri, hostName) is string directory)
            pane.NewDirectory = directory;
        pane.Scanner.Clear();
    }

    /// <summary>Where programs are that have written something since the last look.</summary>
    /// <returns>How long until the next look.</returns>
    private TimeSpan LookAtDirectories()
    {
        TimeSpan next = Timeout.InfiniteTimeSpan;
        if (options().TerminalDirectoryIntervalMs == 0)
            return next;
        TimeSpan interval = TimeSpan.FromMilliseconds(options().TerminalDirectoryIntervalMs);
        foreach (LivePane pane in _wantingLook.ToArray())
        {
            TimeSpan left = pane.LookedAt == 0 ? TimeSpan.Zero : interval - table.Clock.GetElapsedTime(pane.LookedAt);
            if (left <= TimeSpan.Zero)
                LookAtDirectory(pane);
            else if (next == Timeout.InfiniteTimeSpan || left < next)
                next = left;
        }

        return next;
    }

    private void LookAtDirectory(LivePane pane)
    {
        _wantingLook.Remove(pane);
        pane.LookedAt = Math.Max(1, table.Clock.GetTimestamp());
        string? directory = pane.Pty.FindWorkingDirectory();
        bool isNew = directory != pane.SeenDirectory;
        pane.SeenDirectory = directory;
        if (!isNew || directory is null || !SaidText.IsDirectory(directory))
            return;
        table.Under(() =>
        {
            pane.NewDirectory = directory;
            table.Gate.PulseAll();
        });
    }

    private void WriteInput(LivePane pane)
    {
        byte[] input = table.Under(() => pane.Input.WrittenSpan.ToArray());
        int taken = pane.Pty.Write(input);
        table.Under(() =>
        {
            ReadOnlySpan<byte> left = pane.Input.WrittenSpan[taken..];
            byte[] rest = left.ToArray();
            pane.Input.Reset(PieceBytes);
            pane.Input.Write(rest);
        });
    }
}
