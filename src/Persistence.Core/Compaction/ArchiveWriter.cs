using System.Buffers.Binary;
using Persistence.Checkpoints;
using Persistence.Compression;
using Persistence.Serialization;
using Persistence.Storage;
using Persistence.Wal;

namespace Persistence.Compaction;

/// <summary>Writes a segment's sealed bytes as an archived segment: bounded memory, synced every few MiB.</summary>
internal sealed class ArchiveWriter
{
    private const int SyncEveryBytes = 4 << 20;

    private readonly IFile _file;
    private readonly BlockEncoder _blocks;
    private readonly List<int> _index = [];
    private long _offset;
    private long _unsynced;
    private uint _fileCrc;

    /// <param name="file">An empty file, which stays the caller's.</param>
    /// <param name="compressor">How blocks are compressed, or null; a block that does not shrink is stored as it is.</param>
    public ArchiveWriter(IFile file, ICompressor? compressor)
    {
        _file = file;
        _blocks = new BlockEncoder(compressor);
    }

    /// <summary>Writes all of it and syncs.</summary>
    /// <param name="header">What precedes the blocks.</param>
    /// <param name="segment">The segment.</param>
    public void Write(ArchiveHeader header, IFile segment)
    {
        byte[] page = new byte[ArchiveHeader.Bytes];
        header.Encode(page);
        Write(page);
        WriteBlocks(segment, header.End.Lsn - header.Segment.FirstLsn, header.BlockBytes);
        WriteEnd();
        _file.Sync();
    }

    private void WriteBlocks(IFile segment, long end, int blockBytes)
    {
        byte[] raw = new byte[(int)Math.Min(blockBytes, end)];
        for (long offset = SegmentHeader.Bytes; offset < end; offset += blockBytes)
        {
            Span<byte> piece = raw.AsSpan(0, (int)Math.Min(blockBytes, end - offset));
            if (segment.Read(piece, offset) != piece.Length)
                throw new StorageException(StorageFault.Failed, "read", segment.Path, "it became shorter while it was archived");
            WriteBlock(piece);
        }
    }

    private void WriteBlock(ReadOnlySpan<byte> raw)
    {
        BlockHeader header = _blocks.Encode(raw);
        _index.Add(header.StoredBytes);
        Write(_blocks.Written);
    }

    private void WriteEnd()
    {
        byte[] index = new byte[_index.Count * ArchiveTrailer.IndexEntryBytes];
        for (int i = 0; i < _index.Count; i++)
            BinaryPrimitives.WriteInt32LittleEndian(index.AsSpan(i * ArchiveTrailer.IndexEntryBytes), _index[i]);
        long indexOffset = _offset;
        if (index.Length > 0)
            Write(index);
        ArchiveTrailer trailer = new(indexOffset, _index.Count, Crc32C.Compute(index), _offset + ArchiveTrailer.Bytes, _fileCrc);
        Span<byte> bytes = stackalloc byte[ArchiveTrailer.Bytes];
        trailer.Encode(bytes);
        Write(bytes);
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        _file.Write(bytes, _offset);
        _fileCrc = Crc32C.Append(_fileCrc, bytes);
        _offset += bytes.Length;
        _unsynced += bytes.Length;
        if (_unsynced < SyncEveryBytes)
            return;
        _file.SyncData();
        _unsynced = 0;
    }
}
