using Persistence.Storage;
using Persistence.Storage.Simulated;

namespace Persistence.CrashKit.Tests.Corruption;

/// <summary>A disk on which a file is not: as if the engine had removed it.</summary>
internal sealed class HiddenFile(IFileSystem inner, string hidden) : ForwardingFileSystem(inner)
{
    public override IFile Open(string path, FileIntent intent) =>
        path == hidden ? throw new StorageException(StorageFault.NotFound, "open", path) : base.Open(path, intent);

    public override IReadOnlyList<FileEntry> List(string directory) =>
        [.. base.List(directory).Where(entry => $"{directory}/{entry.Name}" != hidden)];
}
