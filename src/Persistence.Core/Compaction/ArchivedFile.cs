using Persistence.Diagnostics;
using Persistence.Storage;
using Persistence.Wal;

namespace Persistence.Compaction;

/// <summary>
/// An archived segment as the file it was: its sealed bytes, decompressed block by block as they are read. A damaged block reads as zeros (ARCHIVE-FORMAT.md §1). For one
/// thread at a time.
/// </summary>
internal sealed class ArchivedFile : IFile
{
    private readonly IFile _file;
    private readonly ArchiveReader _reader;
    private readonly byte[] _block;
    private int _blockRead = -1;
    private int _blockCount;

    /// <param name="file">The archived file; it is closed with this one.</param>
    /// <param name="reader">Its reader.</param>
    public ArchivedFile(IFile file, ArchiveReader reader)
    {
        _file = file;
        _reader = reader;
        _block = new byte[reader.Header.BlockBytes];
    }

    public string Path => _file.Path;

    public long GetLength() => _reader.SegmentBytes;

    public int Read(Span<byte> buffer, long offset)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        int count = (int)Math.Clamp(GetLength() - offset, 0, buffer.Length);
        buffer = buffer[..count];
        while (!buffer.IsEmpty)
        {
            int done = ReadPiece(buffer, offset);
            buffer = buffer[done..];
            offset += done;
        }

        return count;
    }

    public void Write(ReadOnlySpan<byte> data, long offset) => throw ReadOnly();

    public void SetLength(long length) => throw ReadOnly();

    public void Allocate(long length) => throw ReadOnly();

    public void SyncData() => throw ReadOnly();

    public void Sync() => throw ReadOnly();

    /// <summary>Nobody overwrites an archived file: it need not be held.</summary>
    public bool TryLock(FileLockKind kind) => kind == FileLockKind.Shared;

    public void Dispose() => _file.Dispose();

    private static InvalidOperationException ReadOnly() => new("An archived segment is read and not written.");

    private int ReadPiece(Span<byte> buffer, long offset)
    {
        ReadOnlySpan<byte> source;
        if (offset < SegmentHeader.Bytes)
        {
            source = _reader.Header.Page.AsSpan((int)offset);
        }
        else
        {
            long frames = offset - SegmentHeader.Bytes;
            Load((int)(frames / _block.Length));
            source = _block.AsSpan(0, _blockCount)[(int)(frames % _block.Length)..];
        }

        int count = Math.Min(source.Length, buffer.Length);
        source[..count].CopyTo(buffer);
        return count;
    }

    private void Load(int block)
    {
        if (block == _blockRead)
            return;
        _blockRead = -1;
        _blockCount = (int)Math.Min(_block.Length, GetLength() - SegmentHeader.Bytes - ((long)block * _block.Length));
        try
        {
            _reader.ReadBlock(block).CopyTo(_block);
        }
        catch (StoreException e) when (e.Error == StoreError.ChecksumMismatch)
        {
            _block.AsSpan(0, _blockCount).Clear();
        }

        _blockRead = block;
    }
}
