using Persistence.Diagnostics;
using Persistence.Engine;
using Persistence.Terminals;

namespace Persistence.Samples.TerminalHost;

/// <summary>
/// A store, its terminals, and what runs in them: opened together, closed together. Whoever uses it does so between <see cref="TryEnter"/> and <see cref="Leave"/>, so that nothing is closed under
/// a request. Checkpoints are taken by the store itself, as its persistence.toml says (<c>checkpoint.interval_seconds</c> and the other keys of that section).
/// </summary>
internal sealed class TerminalServer
{
    private readonly object _lock = new();
    private readonly List<Action<Exception?>> _whenClosed = [];
    private int _requests;
    private bool _isStopping;

    private TerminalServer(PersistenceStore store, TerminalState terminals, PaneHost panes)
    {
        Store = store;
        Terminals = terminals;
        Panes = panes;
    }

    public PersistenceStore Store { get; }

    /// <summary>What is known of sessions, windows and panes.</summary>
    public TerminalState Terminals { get; }

    /// <summary>What runs in them.</summary>
    public PaneHost Panes { get; }

    public bool IsStopping
    {
        get
        {
            lock (_lock)
                return _isStopping;
        }
    }

    /// <summary>Opens a store for writing, as it is configured; recovers it first if its last host did not close it.</summary>
    /// <exception cref="StoreException">StoreLocked: another host has it open. Or why it cannot be opened.</exception>
    public static TerminalServer Open(StoreHost world)
    {
        TerminalState terminals = new();
        PersistenceStore store = PersistenceStore.OpenConfigured(world, [terminals]);
        try
        {
            return new TerminalServer(store, terminals, new PaneHost(terminals, HostWorld.ForPanes(world), () => store.Options));
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    /// <summary>Begins a request.</summary>
    /// <returns>False when the server is being closed.</returns>
    public bool TryEnter()
    {
        lock (_lock)
        {
            if (_isStopping)
                return false;
            _requests++;
            return true;
        }
    }

    /// <summary>Ends a request.</summary>
    public void Leave()
    {
        lock (_lock)
        {
            _requests--;
            Monitor.PulseAll(_lock);
        }
    }

    /// <summary>Asks for the end. May be called at any time, by any thread, more than once.</summary>
    /// <param name="whenClosed">Called once all is closed, with what went wrong or null; or null.</param>
    public void Stop(Action<Exception?>? whenClosed = null)
    {
        lock (_lock)
        {
            _isStopping = true;
            if (whenClosed is not null)
                _whenClosed.Add(whenClosed);
            Monitor.PulseAll(_lock);
        }
    }

    /// <summary>Waits until somebody asks for the end.</summary>
    public void WaitUntilStopped()
    {
        lock (_lock)
        {
            while (!_isStopping)
                Monitor.Wait(_lock);
        }
    }

    /// <summary>
    /// Closes in order: lets requests end, logs what the programs have written, notes which of them ran, hangs them up, takes a checkpoint, closes the store. The next host has nothing to recover, and
    /// starts them again.
    /// </summary>
    /// <exception cref="StoreException">The end could not be made durable: the next host recovers.</exception>
    public void Close()
    {
        Stop();
        Exception? failure = null;
        try
        {
            AwaitRequests();
            Panes.Dispose();
            if (Store.GetStatus().LogBytesSinceCheckpoint > 0)
                Store.TakeCheckpoint("close");
            Store.Close();
        }
        catch (Exception e)
        {
            failure = e;
            throw;
        }
        finally
        {
            Store.Dispose();
            TellThatItIsClosed(failure);
        }
    }

    private void AwaitRequests()
    {
        lock (_lock)
        {
            while (_requests > 0)
                Monitor.Wait(_lock);
        }
    }

    private void TellThatItIsClosed(Exception? failure)
    {
        Action<Exception?>[] told;
        lock (_lock)
            told = [.. _whenClosed];
        foreach (Action<Exception?> tell in told)
            tell(failure);
    }
}
