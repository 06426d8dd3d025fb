using Persistence.Storage;
using Persistence.Wal;

namespace Persistence.Compaction;

/// <summary>Where the bytes of an archived segment are.</summary>
internal sealed class ArchivedContent(string path, ArchiveHeader header) : IArchivedContent
{
    public LogPosition End => header.End;

    public IFile Open(IFileSystem files)
    {
        IFile file = files.Open(path, FileIntent.Read);
        try
        {
            return new ArchivedFile(file, ArchiveReader.Open(file, header.Segment.StoreId));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }
}
