using Persistence.Storage;
using Persistence.Storage.Disk.Portable;

namespace Persistence.Tests.Storage.Disk;

/// <summary>The implementation for other systems, on this one.</summary>
public sealed class PortableContractTests : FileSystemContract, IDisposable
{
    private readonly TestDirectory directory = new();

    public PortableContractTests() => Files = PortableFileSystem.TryOpen(directory.Path)!;

    protected override IFileSystem Files { get; }

    public void Dispose() => directory.Dispose();
}
