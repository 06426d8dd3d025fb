using Persistence.Diagnostics;

namespace Persistence.CrashKit.Worker;

/// <summary>One writer: says what it is about to do, does it, says that it is done.</summary>
internal sealed class WorkloadThread
{
    private readonly StoreSession _session;
    private readonly IWorkload _workload;
    private readonly WorkerChannel _channel;
    private readonly OperationNumbers _numbers;
    private readonly Thread _thread;
    private volatile bool _stopping;

    public WorkloadThread(StoreSession session, IWorkload workload, WorkerChannel channel, OperationNumbers numbers)
    {
        _session = session;
        _workload = workload;
        _channel = channel;
        _numbers = numbers;
        _thread = new Thread(Run) { IsBackground = true, Name = "writer" };
    }

    public void Start() => _thread.Start();

    public void BeginStop() => _stopping = true;

    public void Join() => _thread.Join();

    private void Run()
    {
        while (!_stopping && TryPerform(_workload.Next()))
        {
        }
    }

    /// <returns>Whether to go on: a store that failed once is done for.</returns>
    private bool TryPerform(PlannedOperation operation)
    {
        long number = _numbers.Next();
        _channel.Intent(number, operation.Kind, operation.DescribeWrites(), operation.DescribeRecord());
        try
        {
            _session.Perform(operation);
        }
        catch (StoreException e)
        {
            _channel.Fail(number, StoreSession.IsDefinite(e), $"{e.Error}: {e.Message}{(e.InnerException is null ? "" : $" ({e.InnerException.Message})")}");
            return false;
        }

        _channel.Ack(number);
        if (StoreSession.IsBarrier(operation))
            _channel.Barrier(number);
        return true;
    }
}
