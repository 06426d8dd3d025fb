using Persistence.Storage;
using Persistence.Storage.Simulated;

namespace Persistence.Tests.Engine;

/// <summary>A file system whose first data sync after <see cref="Arm"/> waits until it is released.</summary>
internal sealed class FirstSyncBlocker : IDisposable
{
    private readonly ManualResetEventSlim _blocked = new();
    private readonly ManualResetEventSlim _released = new();
    private int _armed;

    public FirstSyncBlocker() => Files = new FaultInjectingFileSystem(Disk, Decide);

    public SimulatedFileSystem Disk { get; } = new();

    public IFileSystem Files { get; }

    /// <summary>The blocked sync fails when it is released.</summary>
    public bool FailBlocked { get; init; }

    public void Arm() => Interlocked.Exchange(ref _armed, 1);

    public void WaitUntilBlocked()
    {
        if (!_blocked.Wait(TimeSpan.FromSeconds(30)))
            throw new TimeoutException("Nothing was synced.");
    }

    public void Release() => _released.Set();

    public void Dispose()
    {
        Release();
        _blocked.Dispose();
    }

    private InjectedFault? Decide(in StorageOperation operation)
    {
        if (operation.Kind != StorageOperationKind.SyncData || Interlocked.Exchange(ref _armed, 0) == 0)
            return null;
        _blocked.Set();
        _released.Wait();
        return FailBlocked ? new InjectedFault(StorageFault.Failed) : null;
    }
}
