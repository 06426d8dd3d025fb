using Persistence.CrashKit.Entities.Work;

namespace Persistence.CrashKit.Worker;

/// <summary>One writer: performs the operations of a workload until it is told to stop.</summary>
internal sealed class WorkloadThread : IWriterThread
{
    private readonly IWorkload _workload;
    private readonly OperationPerformer _performer;
    private readonly EntityWriter? _entities;
    private readonly Thread _thread;
    private volatile bool _stopping;

    public WorkloadThread(IWorkload workload, OperationPerformer performer, EntityWriter? entities = null)
    {
        _entities = entities;
        _workload = workload;
        _performer = performer;
        _thread = new Thread(Run) { IsBackground = true, Name = "writer" };
    }

    public void Start() => _thread.Start();

    public void BeginStop() => _stopping = true;

    public void Join() => _thread.Join();

    private void Run()
    {
        while (!_stopping && _performer.TryPerform(_workload.Next(), _entities))
        {
        }
    }
}
