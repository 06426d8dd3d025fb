using Persistence.Storage;

namespace Persistence.Backups;

/// <summary>A file whose bytes are in memory.</summary>
internal sealed class MemoryFile(string path, byte[] bytes) : ReadOnlyFile(path)
{
    public override long GetLength() => bytes.Length;

    public override int Read(Span<byte> buffer, long offset)
    {
        FileGuard.RequireNotNegative(offset, nameof(offset));
        if (offset >= bytes.Length)
            return 0;
        int count = (int)Math.Min(buffer.Length, bytes.Length - offset);
        bytes.AsSpan((int)offset, count).CopyTo(buffer);
        return count;
    }
}
