using Persistence.Storage;
using Persistence.Storage.Disk;

namespace Persistence.Tests.Storage.Disk;

public sealed class DiskContractTests : FileSystemContract, IDisposable
{
    private readonly TestDirectory directory = new();
    private readonly DiskFileSystem disk;

    public DiskContractTests() => disk = DiskFileSystem.Open(directory.Path);

    protected override IFileSystem Files => disk;

    public void Dispose()
    {
        disk.Dispose();
        directory.Dispose();
    }
}
