using Persistence.Configuration;
using Persistence.Diagnostics;
using Persistence.Engine;
using Persistence.Platform;
using Persistence.Terminals;
using Persistence.Terminals.Pty;

namespace PersistenceModule;

/// <summary>The terminals of an open store, and the host that runs their programs from the first one on. Thread-safe.</summary>
internal sealed class StorePanes(TerminalState state, StoreHost host, Func<StoreOptions> options, Func<StoreException> closed)
{
    private readonly object _gate = new();
    private readonly IGate _changing = host.Scheduler.CreateGate();
    private PaneHost? _host;
    private bool _isClosed;

    /// <summary>What is known of them.</summary>
    public TerminalState State => state;

    /// <summary>Sessions, windows and panes as they are now.</summary>
    public TerminalTree Tree => state.Tree;

    /// <summary>What runs them; null: nothing was ever started.</summary>
    public PaneHost? Host
    {
        get
        {
            lock (_gate)
                return _host;
        }
    }

    /// <summary>What runs them.</summary>
    /// <param name="currentDirectory">Where programs start for which nobody says where.</param>
    /// <exception cref="StoreException">StoreClosed.</exception>
    public PaneHost RequireHost(string currentDirectory)
    {
        if (FindHost() is PaneHost running)
            return running;
        // Made outside the lock, since it asks the system for something to wait with. Until it has a program it has no threads.
        PaneHost made = new(state, CreateContext(currentDirectory), options);
        PaneHost? used = Use(made);
        if (used != made)
            made.Dispose();
        return used ?? throw closed();
    }

    private PaneHost? FindHost()
    {
        lock (_gate)
            return _isClosed ? throw closed() : _host;
    }

    /// <returns>What runs them: this one, or one that another has made meanwhile; null when it is too late.</returns>
    private PaneHost? Use(PaneHost made)
    {
        lock (_gate)
            return _isClosed ? null : _host ??= made;
    }

    /// <summary>Whether a program of this process runs in a pane.</summary>
    public bool IsLive(PaneId pane) => Host?.IsLive(pane) ?? false;

    /// <summary>Commits a batch; terminals that are open follow.</summary>
    public void Commit(TerminalBatch batch)
    {
        state.Commit(batch);
        // Asked now, since another may have made it meanwhile.
        Host?.Follow();
    }

    /// <summary>Makes a change that goes out from what is there: none of its kind comes between, whichever runspace makes it.</summary>
    /// <param name="change">Looks, and commits once.</param>
    public void Exclusively(Action change)
    {
        _changing.Enter();
        try
        {
            change();
        }
        finally
        {
            _changing.Exit();
        }
    }

    /// <summary>Logs what there is to be logged, hangs up what runs, and notes that. Twice is harmless.</summary>
    public void Close()
    {
        PaneHost? last;
        lock (_gate)
        {
            _isClosed = true;
            last = _host;
        }

        last?.Dispose();
    }

    private PaneHostContext CreateContext(string currentDirectory) => new()
    {
        Ptys = PtySystem.Create(host.Scheduler, host.Clock),
        Scheduler = host.Scheduler,
        Clock = host.Clock,
        Process = host.Process,
        Environment = new ProcessEnvironment(),
        IsProcessAlive = host.IsProcessAlive,
        IgnoresCaseOfVariables = OperatingSystem.IsWindows(),
        CurrentDirectory = currentDirectory,
    };
}
