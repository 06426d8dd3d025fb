namespace Persistence.CrashKit.Processes;

/// <summary>Starts a run's processes, and can end all of them at once. Thread-safe.</summary>
internal sealed class RunProcesses
{
    private readonly object _lock = new();

    // Under _lock.
    private readonly HashSet<ChildProcess> _live = [];
    private bool _isOver;

    /// <param name="command">What to start.</param>
    /// <param name="hasChildren">Whether it may start processes itself, which are to die with it.</param>
    /// <exception cref="WorkerFailedException">It cannot be started, or the run is over.</exception>
    public ChildProcess Start(WorkerCommand command, bool hasChildren)
    {
        ChildProcess started = ChildProcess.Start(command, hasChildren, Forget);
        lock (_lock)
        {
            if (!_isOver)
            {
                _live.Add(started);
                return started;
            }
        }

        started.Dispose();
        throw new WorkerFailedException("The run is over.");
    }

    /// <summary>Kills those that live; those still to come are killed as they come.</summary>
    public void KillAll()
    {
        ChildProcess[] live;
        lock (_lock)
        {
            _isOver = true;
            live = [.. _live];
        }

        foreach (ChildProcess process in live)
            process.Kill();
    }

    private void Forget(ChildProcess process)
    {
        lock (_lock)
            _live.Remove(process);
    }
}
