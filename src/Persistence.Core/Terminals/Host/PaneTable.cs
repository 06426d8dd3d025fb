using Persistence.Diagnostics;
using Persistence.Platform;
using Persistence.Terminals.Pty;

namespace Persistence.Terminals;

/// <summary>The panes in which programs run, and what the host's threads tell each other.</summary>
internal sealed class PaneTable(IScheduler scheduler, TimeProvider clock, IPtyPoller poller)
{
    public TimeProvider Clock => clock;

    /// <summary>Guards everything here, and what panes say is under it. Pulsed whenever somebody may wait for a change.</summary>
    public IGate Gate { get; } = scheduler.CreateGate();

    public Dictionary<PaneId, LivePane> Panes { get; } = [];

    /// <summary>What the reader waits with.</summary>
    public IPtyPoller Poller => poller;

    /// <summary>Panes that the reader is to look at: something is to be done to them.</summary>
    public List<LivePane> Attention { get; } = [];

    /// <summary>Panes whose programs are being started.</summary>
    public HashSet<PaneId> Starting { get; } = [];

    /// <summary>Values of variables that are withheld.</summary>
    public HeldSecrets Secrets { get; } = new();

    /// <summary>Nothing is read any more.</summary>
    public bool IsReadingOver { get; set; }

    /// <summary>Once everything is logged that was read, nothing is logged any more.</summary>
    public bool IsLoggingOver { get; set; }

    /// <summary>How often something was logged, or a pane went: what somebody waits for may have come.</summary>
    public long Changes { get; private set; }

    /// <summary>Why nothing can be logged any more, or null.</summary>
    public Exception? Failure { get; set; }

    /// <summary>Why something could not be logged just now, and is tried again; or null.</summary>
    public Exception? Trouble { get; set; }

    /// <summary>Wakes all who wait for a change. Under the gate.</summary>
    public void NoteChange()
    {
        Changes++;
        Gate.PulseAll();
    }

    /// <summary>Has the reader look at a pane.</summary>
    public void Call(LivePane pane)
    {
        Under(() => Attention.Add(pane));
        poller.Wake();
    }

    /// <summary>Runs what one of the host's threads does. Nobody is above it: what goes wrong there, and was not to be expected, is the host's failure and not the process's end.</summary>
    public void Run(Action work)
    {
        try
        {
            work();
        }
#pragma warning disable CA1031 // See above.
        catch (Exception e)
        {
            Under(() =>
            {
                Failure ??= e as StoreException ?? new StoreException(StoreError.StoreFaulted, $"The host of terminals has failed: {e.GetType().Name}: {e.Message}", e);
                NoteChange();
            });
        }
#pragma warning restore CA1031
    }

    /// <summary>Does something under the gate.</summary>
    public T Under<T>(Func<T> work)
    {
        Gate.Enter();
        try
        {
            return work();
        }
        finally
        {
            Gate.Exit();
        }
    }

    /// <summary>Does something under the gate.</summary>
    public void Under(Action work) => Under(() =>
    {
        work();
        return true;
    });
}
