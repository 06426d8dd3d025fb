using Persistence.Diagnostics;
using Persistence.Platform;
using Persistence.Terminals.Pty;

namespace Persistence.Terminals;

/// <summary>The end of a host of panes.</summary>
internal sealed class PaneClosing(TerminalState state, PaneHostContext context, PaneTable table, PaneReader reader)
{
    private static readonly TimeSpan EndsWaitMax = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan EndsLook = TimeSpan.FromMilliseconds(5);

    /// <summary>Logs what there is to be logged, notes in which panes programs run, and hangs them up.</summary>
    /// <param name="reading">The thread that reads, or null.</param>
    /// <param name="logging">The thread that logs, or null.</param>
    public void Close(IWorker? reading, IWorker? logging)
    {
        EndReading(reading);
        EndLogging(logging);
        LivePane[] live = table.Under(() => (LivePane[])[.. table.Panes.Values]);
        Detach(live);
        foreach (LivePane pane in live)
            pane.Pty.Dispose();
        AwaitEnds(live);
        table.Under(() =>
        {
            table.Panes.Clear();
            table.NoteChange();
        });
        table.Poller.Dispose();
    }

    /// <summary>Programs that end by being hung up do so at once: they are waited for, so that they do not stay behind as zombies. Others go on.</summary>
    private void AwaitEnds(LivePane[] live)
    {
        long started = context.Clock.GetTimestamp();
        while (live.Any(pane => context.IsProcessAlive(pane.Process.Id, pane.Process.StartTime)) && context.Clock.GetElapsedTime(started) < EndsWaitMax)
            table.Poller.Wait([], EndsLook);
        table.Poller.Wait([], TimeSpan.Zero);
    }

    private void EndReading(IWorker? reading)
    {
        table.Under(() => table.IsReadingOver = true);
        table.Poller.Wake();
        reading?.Join();
        foreach (LivePane pane in table.Under(() => (LivePane[])[.. table.Panes.Values.Where(static pane => !pane.IsLetGo)]))
            ReadLast(pane);
    }

    /// <summary>An end that comes after this is none that is noted: what was written before it would be missing.</summary>
    private void ReadLast(LivePane pane)
    {
        PtyExit? exit = pane.Pty.FindExit();
        reader.ReadLast(pane);
        table.Under(() => pane.Exit ??= exit ?? (pane.HasEnded ? pane.Pty.FindExit() : null));
    }

    private void EndLogging(IWorker? logging)
    {
        table.Under(() =>
        {
            table.IsLoggingOver = true;
            table.Gate.PulseAll();
        });
        logging?.Join();
    }

    private void Detach(IReadOnlyCollection<LivePane> live)
    {
        if (TryDetach(live))
            return;
        // One of them may have been destroyed just then.
        foreach (LivePane pane in live)
            TryDetach((LivePane[])[pane]);
    }

    private bool TryDetach(IReadOnlyCollection<LivePane> live)
    {
        TerminalTree tree = state.Tree;
        try
        {
            TerminalBatch batch = state.CreateBatch();
            foreach (LivePane pane in live.Where(pane => !pane.IsLetGo && tree.Panes.ContainsKey(pane.Id)))
                batch.SetPaneState(pane.Id, pane.Exit is PtyExit exit ? PaneState.Exited(exit.Code, exit.Signal, pane.Process) : PaneState.Detached(pane.Process));
            if (batch.Count > 0)
                state.Commit(batch);
            return true;
        }
        catch (StoreException)
        {
            // They are found running, then, and started again all the same.
            return false;
        }
    }
}
