using Persistence.Storage;
using Persistence.Storage.Simulated;

namespace Persistence.Repair;

/// <summary>A store without some of its files: to find out what would be if they were moved away.</summary>
internal sealed class HiddenFiles(IFileSystem inner, IReadOnlySet<string> hidden) : ForwardingFileSystem(inner)
{
    public override IFile Open(string path, FileIntent intent) =>
        hidden.Contains(path) ? throw new StorageException(StorageFault.NotFound, "open", path) : Inner.Open(path, intent);

    public override IReadOnlyList<FileEntry> List(string directory) =>
        Inner.List(directory).Where(entry => !hidden.Contains($"{directory}/{entry.Name}")).ToArray();
}
