using Persistence.Configuration;
using Persistence.Diagnostics;
using Persistence.Platform;
using Persistence.State;

namespace Persistence.Terminals;

/// <summary>
/// Runs the panes of a store: starts their programs on pseudo-terminals, logs what they write, hands them input, and brings back after a restart what ran before. One host for a store open for writing;
/// dispose of it before the store is closed. Thread-safe. It has two threads from the first program on.
/// </summary>
public sealed class PaneHost : IDisposable
{
    private const int InputBytesMax = 1 << 20;

    private readonly TerminalState _state;
    private readonly PaneHostContext _context;
    private readonly Func<StoreOptions> _options;
    private readonly PaneTable _table;
    private readonly PaneReader _reader;
    private readonly PaneLogger _logger;
    private readonly PaneStarter _starter;
    private IWorker? _reading;
    private IWorker? _logging;
    private bool _isClosed;

    /// <param name="state">The store's terminals.</param>
    /// <param name="context">The outside world.</param>
    /// <param name="options">How the store is configured just now: asked again and again, so that what changes counts.</param>
    public PaneHost(TerminalState state, PaneHostContext context, Func<StoreOptions> options)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(options);
        _state = state;
        _context = context;
        _options = options;
        _table = new PaneTable(context.Scheduler, context.Clock, context.Ptys.CreatePoller());
        _reader = new PaneReader(_table, state, options, context.Process.HostName);
        _logger = new PaneLogger(_table, state, options, context);
        _starter = new PaneStarter(context);
    }

    /// <summary>The store's terminals.</summary>
    public TerminalState State => _state;

    /// <summary>In how many panes a program runs.</summary>
    public int LiveCount => _table.Under(() => _table.Panes.Values.Count(static pane => !pane.IsLetGo));

    /// <summary>Why nothing that programs write can be logged any more, or not just now; null: it can. Until it can be they wait.</summary>
    public Exception? Failure => _table.Under(() => _table.Failure ?? _table.Trouble);

    /// <summary>Whether a program of this host runs in a pane.</summary>
    public bool IsLive(PaneId pane) => _table.Under(() => FindLive(pane) is not null);

    /// <summary>Commits changes, and has the terminals follow: what runs in panes that are destroyed is hung up, others get their new sizes.</summary>
    /// <exception cref="StoreException">As for <see cref="TerminalState.Commit"/>.</exception>
    public CommitResult Commit(TerminalBatch batch)
    {
        CommitResult result = _state.Commit(batch);
        Follow();
        return result;
    }

    /// <summary>Starts a pane's program, unless one runs in it.</summary>
    /// <param name="pane">The pane.</param>
    /// <param name="secrets">Values of variables that are withheld, by name; this host remembers them for as long as the pane is there. Null: those it remembers.</param>
    /// <returns>Whether it was started.</returns>
    /// <exception cref="StoreException">PaneNotFound. PtySpawnFailed: nothing is left of it, and the pane is as it was. Or why that it runs could not be logged: it was ended again.</exception>
    public bool Start(PaneId pane, IReadOnlyDictionary<string, string>? secrets = null) => Start(pane, secrets, restores: false) is not null;

    /// <summary>Starts a pane's program anew. One that runs in it is hung up first, as when a terminal is closed, once what it has written is logged: what does not end by that goes on without a terminal.</summary>
    /// <param name="pane">The pane.</param>
    /// <param name="secrets">As for <see cref="Start(PaneId, IReadOnlyDictionary{string, string})"/>.</param>
    /// <exception cref="StoreException">As for <see cref="Start(PaneId, IReadOnlyDictionary{string, string})"/>; of the one that ran nothing is left then, and the pane is detached. Or why what it has written could not be logged: it goes on.</exception>
    public void Restart(PaneId pane, IReadOnlyDictionary<string, string>? secrets = null)
    {
        _state.Tree.GetPane(pane);
        if (Stop(pane) is PaneProcess stopped)
            StartInPlaceOf(stopped, pane, secrets);
        else
            Start(pane, secrets, restores: false);
    }

    /// <summary>Variables of an environment, those that look like secrets (<c>terminals.secret_patterns</c>) apart from what is to be kept of them.</summary>
    /// <param name="variables">The variables; null as a value for one that is to be removed from what is inherited.</param>
    /// <exception cref="ArgumentException">A name or a value that cannot be.</exception>
    public SecretVariables Separate(IEnumerable<KeyValuePair<string, string?>> variables) => SecretVariables.Separate(variables, _options().TerminalSecretPatterns);

    /// <summary>Remembers, for programs that are started in a session from now on, the values of variables that are withheld.</summary>
    public void KeepSecrets(SessionId session, IReadOnlyDictionary<string, string> secrets)
    {
        ArgumentNullException.ThrowIfNull(secrets);
        _table.Under(() => _table.Secrets.Keep(session, secrets));
    }

    /// <summary>The same of a pane.</summary>
    public void KeepSecrets(PaneId pane, IReadOnlyDictionary<string, string> secrets)
    {
        ArgumentNullException.ThrowIfNull(secrets);
        _table.Under(() => _table.Secrets.Keep(pane, secrets));
    }

    /// <summary>Starts again what ran when the last host of the store ended: in every pane but those whose program had ended by itself, in order of their ids.</summary>
    /// <param name="wants">Which panes; null: all.</param>
    /// <param name="cancellation">Ends it between two panes.</param>
    /// <returns>What became of each pane, as it is known.</returns>
    /// <exception cref="StoreException">While enumerating: nothing can be logged any more.</exception>
    public IEnumerable<PaneRestoration> Restore(Func<TerminalPane, bool>? wants = null, CancellationToken cancellation = default)
    {
        foreach (TerminalPane pane in _state.Tree.Panes.Values.Where(pane => wants?.Invoke(pane) ?? true))
        {
            cancellation.ThrowIfCancellationRequested();
            if (_state.Tree.Panes.TryGetValue(pane.Id, out TerminalPane? now))
                yield return Restore(now);
        }
    }

    /// <summary>Gives a pane's program input, in order, as soon as it takes it.</summary>
    /// <exception cref="StoreException">PaneNotFound, PaneNotRunning; RecordTooLarge: the program takes nothing, and more than 1 MiB would wait for it. Nothing was given to it then.</exception>
    public void Send(PaneId pane, ReadOnlySpan<byte> input)
    {
        byte[] bytes = input.ToArray();
        _table.Under(() =>
        {
            LivePane live = FindLive(pane) ?? throw NotRunning(pane);
            if (live.Input.Length + bytes.Length > InputBytesMax)
                throw new StoreException(StoreError.RecordTooLarge, $"The program in pane {pane} takes no input, and {live.Input.Length} bytes wait for it already; at most {InputBytesMax} can.");
            live.Input.Write(bytes);
            _table.Attention.Add(live);
        });
        _table.Poller.Wake();
    }

    /// <summary>Ends the program of a pane by force, and all in its process group. The pane stays, and says how it ended once that is logged.</summary>
    /// <exception cref="StoreException">PaneNotFound, PaneNotRunning.</exception>
    public void Kill(PaneId pane)
    {
        LivePane live = _table.Under(() => FindLive(pane)) ?? throw NotRunning(pane);
        _table.Under(() => live.IsToBeKilled = true);
        _table.Call(live);
    }

    /// <summary>Waits until everything that was read of what programs wrote by now is in the log, as durable as the store's mode promises.</summary>
    /// <exception cref="StoreException">It cannot be logged, or not just now.</exception>
    public void Flush() => Flush(Timeout.InfiniteTimeSpan);

    /// <summary>As <see cref="Flush()"/>, for so long at most.</summary>
    /// <returns>Whether all of it is in the log.</returns>
    public bool Flush(TimeSpan timeout)
    {
        Deadline deadline = new(_context.Clock, timeout);
        return _table.Under(() => AwaitLogged([.. _table.Panes.Values.Where(static pane => !pane.IsLetGo)], deadline));
    }

    /// <summary>Waits until what was read of some panes by now is in the log. Under the gate.</summary>
    private bool AwaitLogged(LivePane[] panes, Deadline deadline)
    {
        (LivePane Pane, long Bytes)[] awaited = [.. panes.Select(static pane => (pane, pane.AwaitedBytes = pane.ReadBytes))];
        long changes = _table.Changes;
        _table.Gate.PulseAll();
        while (awaited.Any(static waiting => waiting.Pane.LoggedBytes < waiting.Bytes && !waiting.Pane.IsLetGo))
        {
            ThrowIfFailed();
            // What went wrong before this is tried again first.
            if (_table.Trouble is StoreException trouble && _table.Changes != changes)
                throw new StoreException(trouble.Error, $"What programs write cannot be logged just now: {trouble.Message}", trouble) { File = trouble.File };
            TimeSpan left = deadline.Left;
            if (left == TimeSpan.Zero)
                return false;
            _table.Gate.Wait(left);
        }

        return true;
    }

    /// <summary>Waits until a pane has output behind a position.</summary>
    /// <param name="pane">The pane.</param>
    /// <param name="position">The position.</param>
    /// <param name="timeout">How long at most.</param>
    /// <returns>Whether there is; false as well when no program runs in the pane that could write any.</returns>
    /// <exception cref="StoreException">PaneNotFound; or nothing can be logged any more.</exception>
    public bool WaitForOutput(PaneId pane, long position, TimeSpan timeout)
    {
        Deadline deadline = new(_context.Clock, timeout);
        while (true)
        {
            long changes = _table.Under(() => _table.Changes);
            PaneOutput output = _state.FindOutput(pane) ?? throw TerminalTree.NotFound(pane);
            if (output.End > position)
                return true;
            TimeSpan left = deadline.Left;
            if (left == TimeSpan.Zero || !AwaitLogging(pane, changes, left))
                return _state.FindOutput(pane)?.End > position;
        }
    }

    /// <summary>Logs what there is to be logged, notes in which panes programs run, hangs them up, and ends. What a failing store keeps it from logging is lost. Twice is harmless.</summary>
    public void Dispose()
    {
        bool isFirst = _table.Under(() => !_isClosed && (_isClosed = true));
        if (!isFirst)
            return;
        new PaneClosing(_state, _context, _table, _reader).Close(_reading, _logging);
    }

    private StartedPane? Start(PaneId id, IReadOnlyDictionary<string, string>? secrets, bool restores)
    {
        bool isFree = _table.Under(() =>
        {
            AwaitEnd(id);
            ObjectDisposedException.ThrowIf(_isClosed, this);
            ThrowIfFailed();
            return FindLive(id) is null && _table.Starting.Add(id);
        });
        if (!isFree)
            return null;
        try
        {
            return StartNow(id, secrets, restores);
        }
        finally
        {
            EndStarting(id);
        }
    }

    /// <summary>Starts the next one in a pane that <see cref="Stop"/> has kept for it.</summary>
    private void StartInPlaceOf(PaneProcess stopped, PaneId id, IReadOnlyDictionary<string, string>? secrets)
    {
        try
        {
            _table.Under(() =>
            {
                ObjectDisposedException.ThrowIf(_isClosed, this);
                ThrowIfFailed();
            });
            StartNow(id, secrets, restores: false);
        }
        catch (StoreException)
        {
            NoteStopped(id, stopped);
            throw;
        }
        finally
        {
            EndStarting(id);
        }
    }

    private StartedPane StartNow(PaneId id, IReadOnlyDictionary<string, string>? secrets, bool restores)
    {
        TerminalTree tree = _state.Tree;
        TerminalPane pane = tree.GetPane(id);
        StartedPane started = _starter.Start(tree, pane, _table.Under(() => _table.Secrets.Find(tree.GetWindow(pane.Window).Session, id, secrets)), restores);
        TakeIn(pane, started);
        return started;
    }

    /// <summary>Who waits for output of one that could not be started need not wait any more.</summary>
    private void EndStarting(PaneId id) => _table.Under(() =>
    {
        _table.Starting.Remove(id);
        _table.NoteChange();
    });

    /// <summary>Logs that a program runs; only then is anything read of it.</summary>
    private void TakeIn(TerminalPane pane, StartedPane started)
    {
        PaneProcess process = new(started.Pty.ProcessId, started.Pty.StartTime, _context.Process.BootId, _context.Process.HostName);
        try
        {
            TerminalBatch batch = _state.CreateBatch();
            batch.SetPaneState(pane.Id, PaneState.Running(process));
            // Where the last one was seen is no longer true.
            if (pane.WorkingDirectory is string seen && seen != started.Directory && SaidText.IsDirectory(started.Directory))
                batch.SetPaneWorkingDirectory(pane.Id, started.Directory);
            _state.Commit(batch);
            LivePane live = new(pane.Id, started.Pty, process, pane.Size);
            _table.Under(() =>
            {
                ObjectDisposedException.ThrowIf(_isClosed, this);
                // Before it is in the table: whoever waits for what it writes, or closes the host, finds somebody who reads and logs it.
                StartThreads();
                _table.Panes.Add(pane.Id, live);
            });
            _table.Call(live);
            Follow();
        }
        catch
        {
            if (!IsLive(pane.Id))
            {
                started.Pty.Kill();
                started.Pty.Dispose();
            }

            throw;
        }
    }

    private void StartThreads()
    {
        _reading ??= _context.Scheduler.Start("terminal-reader", () => _table.Run(_reader.Run));
        _logging ??= _context.Scheduler.Start("terminal-logger", () => _table.Run(_logger.Run));
    }

    private PaneRestoration Restore(TerminalPane pane)
    {
        int? previous = pane.State.Status != PaneStatus.Exited && pane.State.Process is PaneProcess process && StillRuns(process) ? process.Id : null;
        PaneRestoration result = PaneRestoration.Of(_state.Tree, pane, previous);
        if (pane.State.Status == PaneStatus.Exited)
            return result with { ExitCode = pane.State.ExitCode };
        if (_table.Under(() => FindLive(pane.Id)) is LivePane live)
            return result with { ProcessId = live.Process.Id, PreviousProcessId = null };
        try
        {
            return Start(pane.Id, secrets: null, restores: true) is StartedPane started ? result.With(started) : result;
        }
        catch (StoreException e) when (e.Error is StoreError.PtySpawnFailed or StoreError.PaneNotFound)
        {
            return result with { IsAttempted = true, Error = e };
        }
    }

    private bool StillRuns(PaneProcess process) =>
        process.HostName == _context.Process.HostName && process.BootId == _context.Process.BootId && _context.IsProcessAlive(process.Id, process.StartTime);

    /// <summary>What was hung up runs no more, and nothing has taken its place: so it is noted, unless it cannot be.</summary>
    private void NoteStopped(PaneId pane, PaneProcess stopped)
    {
        if (_state.Tree.Panes.GetValueOrDefault(pane)?.State is not { Status: PaneStatus.Running } state || state.Process != stopped)
            return;
        try
        {
            TerminalBatch batch = _state.CreateBatch();
            batch.SetPaneState(pane, PaneState.Detached(stopped));
            _state.Commit(batch);
        }
        catch (StoreException)
        {
            // It is found running, then, and started again all the same.
        }
    }

    /// <summary>Logs what a pane's program has written up to now, hangs it up, and waits until it is gone. When that cannot be logged the program goes on.</summary>
    /// <returns>What was hung up: the pane is the caller's to start something in then (<see cref="StartInPlaceOf"/>). Null: nothing ran, or another has hung it up and will start the next one.</returns>
    private PaneProcess? Stop(PaneId pane)
    {
        if (_table.Under(() => FindStarted(pane)) is not LivePane live)
            return null;
        try
        {
            return _table.Under(() =>
            {
                // What runs is not ended where nothing can be started.
                ThrowIfFailed();
                LogAll(live);
                bool isOurs = !live.IsLetGo && _table.Starting.Add(pane);
                LetGo(live);
                AwaitGone(live);
                return isOurs;
            }) ? live.Process : null;
        }
        catch (StoreException)
        {
            _table.Under(() =>
            {
                live.IsClosing = live.IsLastRead = false;
                _table.Gate.PulseAll();
            });
            _table.Call(live);
            throw;
        }
    }

    /// <summary>What runs in a pane once nobody is starting anything there. Under the gate.</summary>
    private LivePane? FindStarted(PaneId pane)
    {
        while (!_isClosed && _table.Starting.Contains(pane))
            _table.Gate.Wait(Timeout.InfiniteTimeSpan);
        return FindLive(pane);
    }

    /// <summary>Has all read that there is, nothing after that, and waits until it is logged. Under the gate.</summary>
    private void LogAll(LivePane live)
    {
        do
        {
            CloseOutput(live);
            AwaitLogged([live], new Deadline(_context.Clock, Timeout.InfiniteTimeSpan));
        }
        // Another, who wanted it too, may have given up meanwhile: then more was read.
        while (!_isClosed && !live.IsLastRead && !live.IsLetGo);
    }

    /// <summary>Has the reader read what there is, and nothing after that. Under the gate.</summary>
    private void CloseOutput(LivePane live)
    {
        while (!_isClosed && !live.IsLastRead && !live.IsLetGo)
        {
            // Again each time: another, who wanted it too, may have given up.
            live.IsClosing = true;
            _table.Attention.Add(live);
            _table.Poller.Wake();
            _table.Gate.Wait(Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>When the state says that a program has ended, it is not quite gone yet: waits for that. Under the gate.</summary>
    private void AwaitEnd(PaneId pane)
    {
        while (!_isClosed && _table.Panes.TryGetValue(pane, out LivePane? last) && (last.IsLetGo || last is { IsFinished: true, IsBeingLogged: true }))
        {
            _table.Gate.PulseAll();
            _table.Gate.Wait(Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Waits until nothing is left of one that was let go of, not even a commit under way: what that says must not come behind the start of the next one. Under the gate.</summary>
    private void AwaitGone(LivePane live)
    {
        // Ends a pause before what could not be logged is tried again.
        _table.Gate.PulseAll();
        while (!_isClosed && (!live.IsGone || live.IsBeingLogged))
            _table.Gate.Wait(Timeout.InfiniteTimeSpan);
    }

    /// <summary>Has the terminals follow changes that were committed past this host. Those that <see cref="Commit"/> makes they follow at once.</summary>
    public void Follow()
    {
        _table.Under(() =>
        {
            // Not before the gate is held: what another thread has created and started meanwhile would be missing, and be hung up.
            TerminalTree tree = _state.Tree;
            foreach (LivePane live in _table.Panes.Values)
            {
                if (!tree.Panes.TryGetValue(live.Id, out TerminalPane? pane))
                    LetGo(live);
                else if (live.WantedSize != pane.Size)
                    Resize(live, pane.Size);
            }

            _table.Secrets.Forget(tree);
        });
        _table.Poller.Wake();
    }

    private void Resize(LivePane live, TerminalSize size)
    {
        live.WantedSize = size;
        _table.Attention.Add(live);
    }

    private void LetGo(LivePane live)
    {
        live.IsLetGo = true;
        _table.Attention.Add(live);
        _table.Poller.Wake();
    }

    /// <returns>False when no program runs in the pane.</returns>
    private bool AwaitLogging(PaneId pane, long changes, TimeSpan timeout) => _table.Under(() =>
    {
        ThrowIfFailed();
        if (FindLive(pane) is null && !_table.Starting.Contains(pane))
            return false;
        if (_table.Changes == changes)
            _table.Gate.Wait(timeout);
        return true;
    });

    private LivePane? FindLive(PaneId pane) => _table.Panes.TryGetValue(pane, out LivePane? live) && !live.IsLetGo ? live : null;

    private void ThrowIfFailed()
    {
        if (_table.Failure is StoreException failure)
            throw new StoreException(failure.Error, $"What programs write cannot be logged any more: {failure.Message}", failure) { File = failure.File };
    }

    private StoreException NotRunning(PaneId pane) =>
        _state.Tree.Panes.ContainsKey(pane) ? new StoreException(StoreError.PaneNotRunning, $"No program of this process runs in pane {pane}.") : TerminalTree.NotFound(pane);
}
