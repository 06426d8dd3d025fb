using Persistence.Storage;

namespace Persistence.Backups;

/// <summary>A file of a store put together from what several backups have of it; what none has reads as zeros.</summary>
internal sealed class ComposedFile(string path, long sizeBytes, IReadOnlyList<(long Offset, long Length, IFile File)> pieces) : ReadOnlyFile(path)
{
    public override long GetLength() => sizeBytes;

    public override int Read(Span<byte> buffer, long offset)
    {
        FileGuard.RequireNotNegative(offset, nameof(offset));
        Span<byte> wanted = buffer[..(int)Math.Clamp(sizeBytes - offset, 0, buffer.Length)];
        wanted.Clear();
        foreach ((long start, long length, IFile file) in pieces)
        {
            long from = Math.Max(start, offset);
            long to = Math.Min(start + length, offset + wanted.Length);
            if (from < to)
                ReadPiece(file, wanted[(int)(from - offset)..(int)(to - offset)], from - start);
        }

        return wanted.Length;
    }

    public override void Dispose()
    {
        foreach ((_, _, IFile file) in pieces)
            file.Dispose();
        base.Dispose();
    }

    private static void ReadPiece(IFile file, Span<byte> target, long offset)
    {
        int read = file.Read(target, offset);
        if (read < target.Length)
            throw BackupErrors.Damaged(file.Path, offset + read, "the file is shorter than the manifest says");
    }
}
