using Persistence.Configuration;
using Persistence.Diagnostics;

namespace Persistence.Terminals;

/// <summary>
/// The thread that puts into the log what was read: of each pane once there is enough of it, or once it is old enough, and all that is due in one commit. What cannot be logged just now stays
/// in memory and is tried again; meanwhile the programs wait.
/// </summary>
internal sealed class PaneLogger(PaneTable table, TerminalState state, Func<StoreOptions> options, PaneHostContext context)
{
    private const int CommitBytesMax = 4 << 20;
    private const int KeptBytesMax = 64 << 10;

    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(5);

    private TerminalBatch? _batch;
    private TimeSpan _pause;

    /// <summary>Runs until logging is over and everything is logged, or nothing can be any more.</summary>
    public void Run()
    {
        while (AwaitWork() is List<LivePane> due)
        {
            if (TryLog(due))
                NoteLogged(due);
            else
                NoteNotLogged(due);
        }
    }

    /// <returns>What is due, which may be nothing but other limits; null when logging is over.</returns>
    private List<LivePane>? AwaitWork()
    {
        List<LivePane> due = [];
        while (true)
        {
            bool needsLimits = NeedsLimits();
            table.Gate.Enter();
            try
            {
                // Other limits are no reason to go on where nothing can be logged any more: they come with the next host.
                if (table.Failure is not null)
                    return null;
                TimeSpan wait = FindDue(due);
                if (due.Count == 0 && table.IsLoggingOver)
                    return null;
                if (due.Count > 0 || needsLimits)
                    return due;
                table.Gate.Wait(wait);
            }
            finally
            {
                table.Gate.Exit();
            }
        }
    }

    /// <summary>Takes what is due over for logging.</summary>
    /// <returns>How long until more is.</returns>
    private TimeSpan FindDue(List<LivePane> due)
    {
        TimeSpan wait = Look;
        foreach (LivePane pane in table.Panes.Values)
        {
            TimeSpan left = pane.HasNews && !pane.IsLetGo ? UntilDue(pane) : Look;
            wait = left < wait ? left : wait;
            if (left <= TimeSpan.Zero)
                due.Add(pane);
        }

        TakeOver(due);
        return wait;
    }

    /// <summary>As much as one commit takes, what has waited longest first: however much some write, everybody's turn comes.</summary>
    private static void TakeOver(List<LivePane> due)
    {
        due.Sort(static (one, other) => one.ReadSince.CompareTo(other.ReadSince));
        int bytes = 0;
        int count = 0;
        for (; count < due.Count && bytes <= CommitBytesMax; count++)
        {
            due[count].BeginLogging();
            due[count].IsBeingLogged = true;
            bytes += due[count].Logging.Length;
        }

        due.RemoveRange(count, due.Count - count);
    }

    private TimeSpan UntilDue(LivePane pane)
    {
        if (table.IsLoggingOver || pane.Logging.Length > 0 || pane.IsFinished || pane.LoggedBytes < pane.AwaitedBytes || pane.Read.Length is 0 || pane.Read.Length >= options().TerminalOutputBatchBytes)
            return TimeSpan.Zero;
        TimeSpan left = TimeSpan.FromMilliseconds(options().TerminalOutputBatchMs) - context.Clock.GetElapsedTime(pane.ReadSince);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    private bool NeedsLimits()
    {
        StoreOptions now = options();
        return state.Tree.Scrollback != new ScrollbackLimits(now.TerminalScrollbackLines, now.TerminalScrollbackBytes);
    }

    /// <returns>False when it has to be tried again.</returns>
    private bool TryLog(List<LivePane> due)
    {
        try
        {
            TerminalBatch batch = _batch ??= state.CreateBatch();
            batch.Clear();
            if (NeedsLimits())
                batch.SetScrollbackLimits(new ScrollbackLimits(options().TerminalScrollbackLines, options().TerminalScrollbackBytes));
            foreach (LivePane pane in due)
                Add(batch, pane);
            if (batch.Count > 0)
                state.Commit(batch);
            _pause = TimeSpan.Zero;
            return true;
        }
        catch (StoreException e) when (e.Error is StoreError.PaneNotFound)
        {
            // Somebody destroyed one meanwhile. The others are logged without it.
            LetGoOfDestroyed();
            return false;
        }
        catch (StoreException e)
        {
            NoteTrouble(e);
            return false;
        }
    }

    private void Add(TerminalBatch batch, LivePane pane)
    {
        // Nobody but this thread changes what is being logged.
        if (pane.Logging.Length > 0)
            batch.AppendOutput(pane.Id, pane.Logging.WrittenSpan);
        (string? title, string? directory, bool isFinished) = table.Under(() => (pane.NewTitle, pane.NewDirectory, pane.IsFinished && pane.Read.Length == 0));
        TerminalPane? known = state.Tree.Panes.GetValueOrDefault(pane.Id);
        if (title is not null && title != known?.Title)
            batch.SetPaneTitle(pane.Id, title);
        if (directory is not null && directory != known?.WorkingDirectory)
            batch.SetPaneWorkingDirectory(pane.Id, directory);
        if (isFinished)
            batch.SetPaneState(pane.Id, PaneState.Exited(pane.Exit!.Value.Code, pane.Exit.Value.Signal, pane.Process));
        pane.Logged = new LoggedNews(title, directory, isFinished);
    }

    private void NoteLogged(List<LivePane> due)
    {
        table.Gate.Enter();
        try
        {
            foreach (LivePane pane in due)
                NoteLogged(pane);
            table.Trouble = null;
            table.NoteChange();
        }
        finally
        {
            table.Gate.Exit();
        }

        table.Poller.Wake();
    }

    private void NoteNotLogged(List<LivePane> due) => table.Under(() =>
    {
        foreach (LivePane pane in due)
            pane.IsBeingLogged = false;
        table.Gate.PulseAll();
    });

    private void NoteLogged(LivePane pane)
    {
        pane.IsBeingLogged = false;
        pane.LoggedBytes += pane.Logging.Length;
        pane.Logging.Reset(KeptBytesMax);
        if (pane.Logged is not LoggedNews logged)
            return;
        if (ReferenceEquals(pane.NewTitle, logged.Title))
            pane.NewTitle = null;
        if (ReferenceEquals(pane.NewDirectory, logged.Directory))
            pane.NewDirectory = null;
        pane.IsLetGo |= logged.IsFinished;
        pane.Logged = null;
        table.Attention.Add(pane);
    }

    private void LetGoOfDestroyed()
    {
        table.Under(() =>
        {
            // Not before the gate is held: what was created and started meanwhile would be missing.
            TerminalTree tree = state.Tree;
            LivePane[] destroyed = [.. table.Panes.Values.Where(pane => !tree.Panes.ContainsKey(pane.Id))];
            foreach (LivePane pane in destroyed)
                pane.IsLetGo = true;
            table.Attention.AddRange(destroyed);
            // What is destroyed and cannot be seen yet is about to be.
            if (destroyed.Length == 0)
                table.Gate.Wait(FirstPause);
        });
        table.Poller.Wake();
    }

    private void NoteTrouble(StoreException e)
    {
        bool isOver = e.Error is StoreError.StoreFaulted or StoreError.StoreClosed;
        _pause = _pause == TimeSpan.Zero ? FirstPause : _pause + _pause < PauseMax ? _pause + _pause : PauseMax;
        table.Gate.Enter();
        try
        {
            table.Trouble = e;
            // A host that is being closed does not wait for space.
            if (isOver || table.IsLoggingOver)
                table.Failure = e;
            // Told before the pause: who comes during it has it tried again, and is told of that.
            table.NoteChange();
            if (table.Failure is null)
                table.Gate.Wait(_pause);
        }
        finally
        {
            table.Gate.Exit();
        }
    }
}
