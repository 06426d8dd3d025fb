using Persistence.Storage;
using Persistence.Storage.Simulated;

namespace Persistence.Tests.Engine;

/// <summary>The files of a process that can be killed while others go on: from then on nothing it does has any effect.</summary>
internal sealed class KillableFiles
{
    private volatile bool _isKilled;

    public KillableFiles(IFileSystem disk) =>
        Files = new FaultInjectingFileSystem(disk, (in StorageOperation _) => _isKilled ? new InjectedFault(StorageFault.Failed) : null);

    /// <summary>The disk as the process has it.</summary>
    public IFileSystem Files { get; }

    /// <summary>Kills the process, whose store this was: its lock is free, and what it had written is there, flushed or not.</summary>
    public void Kill(TestStore store)
    {
        Kill();
        store.Dispose();
    }

    /// <summary>Kills the process. Its store is still to be disposed of, so that its lock is free.</summary>
    public void Kill() => _isKilled = true;
}
