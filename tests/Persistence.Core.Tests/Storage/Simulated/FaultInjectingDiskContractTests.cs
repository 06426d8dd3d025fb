using Persistence.Storage;
using Persistence.Storage.Disk;
using Persistence.Storage.Simulated;

namespace Persistence.Tests.Storage.Simulated;

public sealed class FaultInjectingDiskContractTests : FileSystemContract, IDisposable
{
    private readonly TestDirectory directory = new();
    private readonly DiskFileSystem disk;

    public FaultInjectingDiskContractTests()
    {
        disk = DiskFileSystem.Open(directory.Path);
        Files = new FaultInjectingFileSystem(disk, (in StorageOperation _) => null);
    }

    protected override IFileSystem Files { get; }

    public void Dispose()
    {
        disk.Dispose();
        directory.Dispose();
    }
}
