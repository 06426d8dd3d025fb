using Persistence.Storage;

namespace Persistence.Backups;

/// <summary>A file that somebody else holds open.</summary>
internal sealed class BorrowedFile(IFile file) : ReadOnlyFile(file.Path)
{
    public override long GetLength() => file.GetLength();

    public override int Read(Span<byte> buffer, long offset) => file.Read(buffer, offset);
}
