using System.Buffers.Binary;
using Persistence.Checkpoints;
using Persistence.Compression;
using Persistence.Diagnostics;
using Persistence.Serialization;
using Persistence.Storage;
using Persistence.Wal;

namespace Persistence.Compaction;

/// <summary>
/// Reads an archived segment block by block, checking every checksum and bound on the way. Memory is bounded by one block. For one thread at a time; the file stays
/// the caller's.
/// </summary>
internal sealed class ArchiveReader
{
    private readonly IFile _file;
    private readonly ArchiveTrailer _trailer;
    private readonly int[] _storedBytes;
    private readonly long[] _offsets;
    private byte[] _stored = [];
    private byte[] _raw = [];

    private ArchiveReader(IFile file, ArchiveHeader header, ArchiveTrailer trailer, int[] storedBytes, long[] offsets)
    {
        _file = file;
        _trailer = trailer;
        _storedBytes = storedBytes;
        _offsets = offsets;
        Header = header;
    }

    public ArchiveHeader Header { get; }

    /// <summary>Bytes of the segment that it holds, the header page included.</summary>
    public long SegmentBytes => Header.End.Lsn - Header.Segment.FirstLsn;

    public int BlockCount => _trailer.BlockCount;

    /// <summary>Reads the header alone.</summary>
    /// <exception cref="StoreException">ChecksumMismatch, UnsupportedFormatVersion, StoreMismatch.</exception>
    public static ArchiveHeader ReadHeader(IFile file, Guid? storeId)
    {
        byte[] page = new byte[ArchiveHeader.Bytes];
        ArchiveHeader header = ArchiveHeader.Decode(page.AsSpan(0, file.Read(page, 0)), file.Path);
        if (storeId is Guid expected && header.Segment.StoreId != expected)
            throw new StoreException(StoreError.StoreMismatch, $"'{file.Path}' belongs to store {header.Segment.StoreId}, not to this one ({expected}).") { File = file.Path };
        return header;
    }

    /// <summary>Reads header, trailer and index.</summary>
    /// <exception cref="StoreException">ChecksumMismatch, UnsupportedFormatVersion, StoreMismatch.</exception>
    public static ArchiveReader Open(IFile file, Guid? storeId)
    {
        ArchiveHeader header = ReadHeader(file, storeId);
        long length = file.GetLength();
        byte[] tail = new byte[ArchiveTrailer.Bytes];
        if (length < ArchiveHeader.Bytes + ArchiveTrailer.Bytes || file.Read(tail, length - tail.Length) != tail.Length)
            throw ArchiveErrors.Damaged(file.Path, length, "the file ends early");
        ArchiveTrailer trailer = ArchiveTrailer.Decode(tail, length, file.Path);
        int[] storedBytes = ReadIndex(file, header, trailer);
        long[] offsets = new long[storedBytes.Length];
        long offset = ArchiveHeader.Bytes;
        for (int i = 0; i < offsets.Length; i++)
        {
            offsets[i] = offset;
            offset += BlockHeader.Bytes + storedBytes[i];
        }

        return offset == trailer.IndexOffset
            ? new ArchiveReader(file, header, trailer, storedBytes, offsets)
            : throw ArchiveErrors.Damaged(file.Path, trailer.IndexOffset, "the blocks do not add up");
    }

    /// <summary>A block's bytes; they stay valid until the next call.</summary>
    /// <exception cref="StoreException">ChecksumMismatch, CompressionUnavailable, or a codec of a newer version.</exception>
    public ReadOnlySpan<byte> ReadBlock(int block)
    {
        Span<byte> bytes = Buffer(ref _stored, BlockHeader.Bytes + _storedBytes[block]);
        long at = _offsets[block];
        if (_file.Read(bytes, at) != bytes.Length)
            throw ArchiveErrors.Damaged(_file.Path, at, "the file ends early");
        return Decode(bytes, block, at);
    }

    /// <summary>Reads the whole file, every byte of it against a checksum.</summary>
    /// <param name="handler">Given each block's bytes and their place in the segment, or null.</param>
    /// <exception cref="StoreException">ChecksumMismatch, CompressionUnavailable, or a codec of a newer version.</exception>
    public void ReadWhole(ArchivedBytesHandler? handler)
    {
        uint crc = Crc32C.Compute(ReadAt(0, ArchiveHeader.Bytes));
        for (int block = 0; block < BlockCount; block++)
        {
            ReadOnlySpan<byte> raw = ReadBlock(block);
            crc = Crc32C.Append(crc, _stored.AsSpan(0, BlockHeader.Bytes + _storedBytes[block]));
            handler?.Invoke(raw, SegmentHeader.Bytes + ((long)block * Header.BlockBytes));
        }

        crc = Crc32C.Append(crc, ReadAt(_trailer.IndexOffset, BlockCount * ArchiveTrailer.IndexEntryBytes));
        if (crc != _trailer.FileCrc)
            throw ArchiveErrors.Damaged(_file.Path, 0, "the file does not match its checksum");
    }

    private static int[] ReadIndex(IFile file, ArchiveHeader header, in ArchiveTrailer trailer)
    {
        long framesBytes = header.End.Lsn - header.Segment.FirstFrameLsn;
        if (trailer.BlockCount != (framesBytes + header.BlockBytes - 1) / header.BlockBytes)
            throw ArchiveErrors.Damaged(file.Path, trailer.IndexOffset, "it has another number of blocks than its segment needs");
        byte[] index = new byte[trailer.BlockCount * ArchiveTrailer.IndexEntryBytes];
        if (file.Read(index, trailer.IndexOffset) != index.Length || Crc32C.Compute(index) != trailer.IndexCrc)
            throw ArchiveErrors.Damaged(file.Path, trailer.IndexOffset, "the index does not match its checksum");
        int[] storedBytes = new int[trailer.BlockCount];
        for (int i = 0; i < storedBytes.Length; i++)
        {
            storedBytes[i] = BinaryPrimitives.ReadInt32LittleEndian(index.AsSpan(i * ArchiveTrailer.IndexEntryBytes));
            if (storedBytes[i] is <= 0 or > BlockHeader.StoredBytesMax)
                throw ArchiveErrors.Damaged(file.Path, trailer.IndexOffset, "a block has an impossible length");
        }

        return storedBytes;
    }

    private ReadOnlySpan<byte> Decode(ReadOnlySpan<byte> bytes, int block, long at)
    {
        ReadOnlySpan<byte> stored = bytes[BlockHeader.Bytes..];
        long rawBytes = Math.Min(Header.BlockBytes, SegmentBytes - SegmentHeader.Bytes - ((long)block * Header.BlockBytes));
        if (!BlockHeader.TryDecode(bytes, out BlockHeader header) || header.StoredBytes != stored.Length || header.RawBytes != rawBytes)
            throw ArchiveErrors.Damaged(_file.Path, at, "a block has another length than it should");
        if (!BlockHeader.Matches(bytes, stored))
            throw ArchiveErrors.Damaged(_file.Path, at, "a block does not match its checksum");
        Span<byte> raw = Buffer(ref _raw, header.RawBytes);
        try
        {
            Compressors.ForReading(header.Codec).Decompress(stored, raw);
        }
        catch (MalformedDataException e)
        {
            throw ArchiveErrors.Damaged(_file.Path, at, "a block does not decompress", e);
        }

        return raw;
    }

    private byte[] ReadAt(long offset, int count)
    {
        byte[] bytes = new byte[count];
        return _file.Read(bytes, offset) == count ? bytes : throw ArchiveErrors.Damaged(_file.Path, offset, "the file ends early");
    }

    private static Span<byte> Buffer(ref byte[] buffer, int count)
    {
        if (buffer.Length < count)
            buffer = new byte[count];
        return buffer.AsSpan(0, count);
    }
}
