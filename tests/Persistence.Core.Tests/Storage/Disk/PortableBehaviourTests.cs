using Persistence.Storage;
using Persistence.Storage.Disk.Portable;

namespace Persistence.Tests.Storage.Disk;

public sealed class PortableBehaviourTests : DiskBehaviour
{
    internal override IFileSystem OpenDirectory(string path) => PortableFileSystem.TryOpen(path)!;

    internal override void CreateDirectory(string path) => PortableFileSystem.Create(path);
}
