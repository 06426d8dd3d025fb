using Persistence.Storage;
using Persistence.Storage.Simulated;

namespace Persistence.CrashKit.Tests;

/// <summary>A checkpoint does not get its name: as if the engine made a mistake there.</summary>
internal sealed class NoCheckpoints(IFileSystem inner) : ForwardingFileSystem(inner)
{
    public override void Rename(string from, string to)
    {
        if (Persistence.CrashKit.Worker.StoreFiles.HasCheckpointName(to))
            throw new StorageException(StorageFault.Failed, "rename", from);
        base.Rename(from, to);
    }
}
