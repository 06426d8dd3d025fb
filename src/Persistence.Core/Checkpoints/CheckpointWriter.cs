using System.Buffers.Binary;
using Persistence.Compression;
#if MUTANTS
using Persistence.Diagnostics;
#endif
using Persistence.Serialization;
using Persistence.State;
using Persistence.Storage;

namespace Persistence.Checkpoints;

/// <summary>Streams captured states into a checkpoint file in <c>staging/</c>: bounded memory, synced every few MiB.</summary>
internal sealed class CheckpointWriter
{
    private const int SyncEveryBytes = 1 << 20;

    private readonly IFile _file;
    private readonly BlockEncoder _blocks;
    private readonly Action<int>? _pieceDone;
    private readonly byte[] _raw = new byte[BlockEncoder.RawBytes];
    private readonly GrowableBuffer _item = new(RecordLimits.RecordBytesMax * 2);
    private readonly List<CheckpointSection> _sections = [];
    private int _rawCount;
    private long _offset;
    private long _unsynced;
    private long _blockCount;
    private long _rawBytes;
    private uint _fileCrc;

    /// <param name="file">An empty file, which stays the caller's.</param>
    /// <param name="compressor">How blocks are compressed, or null; a block that does not shrink is stored as it is.</param>
    /// <param name="pieceDone">Called between two pieces of work with the number of bytes gone through, or null: it may wait, or throw to give up.</param>
    public CheckpointWriter(IFile file, ICompressor? compressor, Action<int>? pieceDone = null)
    {
        _file = file;
        _blocks = new BlockEncoder(compressor);
        _pieceDone = pieceDone;
    }

    public void Begin(CheckpointHeader header)
    {
        Span<byte> bytes = stackalloc byte[CheckpointHeader.Bytes];
        header.Encode(bytes);
        Write(bytes);
    }

    public void WriteSection(StateModelId model, byte version, Lsn appliedLsn, IStateCapture capture)
    {
        long firstBlock = _blockCount;
        long items = 0;
        _item.Reset();
        while (capture.TryWriteNext(_item))
        {
            capture.NoteWritten(new StoredPlace(_offset, _rawCount));
            WriteItem(_item.WrittenSpan);
            _item.Reset();
            items++;
        }

        FlushBlock();
        _sections.Add(new CheckpointSection(model, version, appliedLsn, firstBlock, _blockCount - firstBlock, items, capture.IsWhole));
    }

    /// <summary>Writes footer and trailer and syncs.</summary>
    /// <returns>The CRC of every byte before the trailer.</returns>
    public uint End(CheckpointFooter footer)
    {
        _item.Reset();
        (footer with { Sections = _sections, BlockCount = _blockCount, RawBytes = _rawBytes }).Encode(_item);
        long footerOffset = _offset;
        ReadOnlySpan<byte> footerBytes = _item.WrittenSpan;
        Write(footerBytes);
        uint fileCrc = _fileCrc;
        CheckpointTrailer trailer = new(footerOffset, footerBytes.Length, Crc32C.Compute(footerBytes), _offset + CheckpointTrailer.Bytes, fileCrc);
        Span<byte> bytes = stackalloc byte[CheckpointTrailer.Bytes];
        trailer.Encode(bytes);
        Write(bytes);
#if MUTANTS
        if (!Mutants.Is(Mutants.CheckpointRenamedUnflushed))
#endif
        _file.Sync();
        return fileCrc;
    }

    private void WriteItem(ReadOnlySpan<byte> item)
    {
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, item.Length);
        AddRaw(length);
        AddRaw(item);
    }

    private void AddRaw(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            int count = Math.Min(bytes.Length, _raw.Length - _rawCount);
            bytes[..count].CopyTo(_raw.AsSpan(_rawCount));
            _rawCount += count;
            bytes = bytes[count..];
            if (_rawCount == _raw.Length)
                FlushBlock();
        }
    }

    private void FlushBlock()
    {
        if (_rawCount == 0)
            return;
        ReadOnlySpan<byte> raw = _raw.AsSpan(0, _rawCount);
        _blocks.Encode(raw);
        Write(_blocks.Written);
        _blockCount++;
        _rawBytes += raw.Length;
        _rawCount = 0;
        _pieceDone?.Invoke(raw.Length);
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
