namespace Persistence.CrashKit.Processes;

/// <summary>Starts workers ahead of need, so that their start overlaps with the rounds that are running. Thread-safe.</summary>
internal sealed class WorkerPool : IDisposable
{
    private readonly Func<ChildProcess> _start;
    private readonly int _spares;
    private readonly object _lock = new();
    private readonly Thread _starter;

    // Under _lock.
    private readonly Queue<ChildProcess> _ready = [];
    private WorkerFailedException? _failure;
    private bool _stopping;

    /// <param name="start">Starts a worker.</param>
    /// <param name="spares">How many are kept waiting.</param>
    public WorkerPool(Func<ChildProcess> start, int spares)
    {
        _start = start;
        _spares = spares;
        _starter = new Thread(KeepFull) { IsBackground = true, Name = "worker-starter" };
        _starter.Start();
    }

    /// <summary>The worker that has waited longest.</summary>
    /// <exception cref="WorkerFailedException">It cannot be started.</exception>
    public ChildProcess Take()
    {
        lock (_lock)
        {
            while (_ready.Count == 0 && _failure is null)
                Monitor.Wait(_lock);
            if (_ready.Count == 0)
                throw new WorkerFailedException(_failure!.Message, _failure);
            ChildProcess taken = _ready.Dequeue();
            Monitor.PulseAll(_lock);
            return taken;
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _stopping = true;
            Monitor.PulseAll(_lock);
        }

        _starter.Join();
        foreach (ChildProcess spare in _ready)
            spare.Dispose();
    }

    private void KeepFull()
    {
        while (WaitUntilWanted())
        {
            ChildProcess? started = null;
            WorkerFailedException? failure = null;
            try
            {
                started = _start();
            }
            catch (WorkerFailedException e)
            {
                failure = e;
            }

            lock (_lock)
            {
                if (started is not null)
                    _ready.Enqueue(started);
                _failure = failure;
                Monitor.PulseAll(_lock);
                if (failure is not null)
                    return;
            }
        }
    }

    private bool WaitUntilWanted()
    {
        lock (_lock)
        {
            while (!_stopping && _ready.Count >= _spares)
                Monitor.Wait(_lock);
            return !_stopping;
        }
    }
}
