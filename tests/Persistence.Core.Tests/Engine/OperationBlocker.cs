using System.Collections.Concurrent;
using Persistence.Storage;
using Persistence.Storage.Simulated;

namespace Persistence.Tests.Engine;

/// <summary>A simulated disk on which a test stops operations of its choice, each for as long as it likes.</summary>
internal sealed class OperationBlocker : IDisposable
{
    private readonly ConcurrentQueue<OperationStop> _stops = new();
    private IDisposable? _user;

    /// <param name="wrap">What lies between the disk and the stops, or null for nothing.</param>
    public OperationBlocker(Func<SimulatedFileSystem, IFileSystem>? wrap = null) => Files = new FaultInjectingFileSystem(wrap?.Invoke(Disk) ?? Disk, Decide);

    /// <summary>The same disk for those who are never stopped.</summary>
    public SimulatedFileSystem Disk { get; } = new();

    public IFileSystem Files { get; }

    /// <summary>The next operation that matches waits until it is released, and then fails if a fault is given.</summary>
    public OperationStop StopNext(Func<StorageOperation, bool> matches, InjectedFault? fault = null)
    {
        OperationStop stop = new(matches, fault);
        _stops.Enqueue(stop);
        return stop;
    }

    /// <summary>Of the writes to the log from now on the one of this number waits.</summary>
    public OperationStop StopAtLogWrite(int number)
    {
        int seen = 0;
        return StopNext(operation => operation.Kind == StorageOperationKind.Write && operation.Path.StartsWith("wal/", StringComparison.Ordinal) && ++seen == number);
    }

    /// <summary>Takes over the disposal of what uses the disk, which may have to wait for operations that are stopped.</summary>
    public T Own<T>(T user)
        where T : IDisposable
    {
        _user = user;
        return user;
    }

    /// <summary>Releases whatever is stopped.</summary>
    public void Dispose()
    {
        foreach (OperationStop stop in _stops)
            stop.Release();
        _user?.Dispose();
    }

    private InjectedFault? Decide(in StorageOperation operation)
    {
        foreach (OperationStop stop in _stops)
        {
            if (stop.TryTake(operation))
                return stop.WaitForRelease();
        }

        return null;
    }
}
