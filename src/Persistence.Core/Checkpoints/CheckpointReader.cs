using System.Buffers.Binary;
using Persistence.Diagnostics;
using Persistence.Root;
using Persistence.Serialization;
using Persistence.State;
using Persistence.Storage;

namespace Persistence.Checkpoints;

/// <summary>
/// Reads a checkpoint file from its first byte to its last, checking every checksum and bound on the way. What it hands out
/// before the end is provisional: only when <see cref="ReadItems"/> returns has the whole file been verified.
/// </summary>
internal sealed class CheckpointReader
{
    private readonly IFile _file;
    private readonly CheckpointTrailer _trailer;
    private readonly GrowableBuffer _item = new(Array.MaxLength);
    private BlockReader _blocks;
    private byte[] _stored = [];
    private StoredPlace _itemBegin;
    private long _offset;
    private uint _fileCrc;

    private CheckpointReader(IFile file, CheckpointHeader header, CheckpointTrailer trailer, CheckpointFooter footer)
    {
        _file = file;
        _trailer = trailer;
        _blocks = new BlockReader(file, CheckpointHeader.Bytes, trailer.FooterOffset);
        Header = header;
        Footer = footer;
    }

    public CheckpointHeader Header { get; }

    public CheckpointFooter Footer { get; }

    /// <summary>The file CRC it claims; <see cref="ReadItems"/> proves it.</summary>
    public uint FileCrc => _trailer.FileCrc;

    public long FileBytes => _trailer.FileBytes;

    /// <summary>Where the blocks end.</summary>
    public long FooterOffset => _trailer.FooterOffset;

    /// <summary>Reads header, trailer and footer.</summary>
    /// <exception cref="StoreException">CheckpointInvalid, UnsupportedFormatVersion or StoreMismatch.</exception>
    public static CheckpointReader Open(IFile file, Guid storeId, long id)
    {
        string path = file.Path;
        long length = file.GetLength();
        CheckpointHeader header = CheckpointHeader.Decode(ReadAt(file, 0, CheckpointHeader.Bytes, length), path);
        if (header.StoreId != storeId)
            throw new StoreException(StoreError.StoreMismatch, $"'{path}' belongs to store {header.StoreId}, not to this one ({storeId}).") { File = path };
        if (header.Id != id)
            throw CheckpointErrors.Invalid(path, 32, $"it is checkpoint {header.Id} under the name of {id}");
        CheckpointTrailer trailer = CheckpointTrailer.Decode(ReadAt(file, length - CheckpointTrailer.Bytes, CheckpointTrailer.Bytes, length), length, path);
        byte[] footer = ReadAt(file, trailer.FooterOffset, trailer.FooterBytes, length);
        if (Crc32C.Compute(footer) != trailer.FooterCrc)
            throw CheckpointErrors.Invalid(path, trailer.FooterOffset, "the footer does not match its checksum");
        try
        {
            CheckpointReader reader = new(file, header, trailer, CheckpointFooter.Decode(footer));
            return (header.Kind == RootCheckpoint.Increment) == reader.Footer.Parent.HasValue
                ? reader
                : throw CheckpointErrors.Invalid(path, trailer.FooterOffset, "header and footer disagree on whether it is an increment");
        }
        catch (MalformedDataException e)
        {
            throw CheckpointErrors.Invalid(path, trailer.FooterOffset, "the footer is malformed", e);
        }
    }

    /// <summary>Reads every item of every section in order.</summary>
    /// <param name="handler">Gets the items.</param>
    /// <param name="pieceDone">Called after each block with its bytes, or null: it may wait, or throw to give up.</param>
    public void ReadItems(CheckpointItemHandler handler, Action<int>? pieceDone = null)
    {
        _offset = 0;
        _fileCrc = 0;
        Read(CheckpointHeader.Bytes);
        _blocks = new BlockReader(_file, _offset, _trailer.FooterOffset);
        long blocks = 0;
        foreach (CheckpointSection section in Footer.Sections)
        {
            if (section.FirstBlock != blocks || section.BlockCount < 0)
                throw CheckpointErrors.Invalid(_file.Path, _trailer.FooterOffset, "the sections do not add up");
            ReadSection(section, handler, pieceDone);
            blocks += section.BlockCount;
        }

        if (blocks != Footer.BlockCount || _offset != _trailer.FooterOffset)
            throw CheckpointErrors.Invalid(_file.Path, _offset, "the blocks do not add up");
        Read(_trailer.FooterBytes);
#if MUTANTS
        if (Mutants.Is(Mutants.CheckpointNotValidated))
            return;
#endif
        if (_fileCrc != _trailer.FileCrc)
            throw CheckpointErrors.Invalid(_file.Path, 0, "the file does not match its checksum");
    }

    private void ReadSection(CheckpointSection section, CheckpointItemHandler handler, Action<int>? pieceDone)
    {
        _item.Reset();
        long items = 0;
        for (long block = 0; block < section.BlockCount; block++)
        {
            StoredPlace begin = new(_offset, -_item.Length);
            ReadOnlySpan<byte> raw = ReadBlock();
            int rawBytes = raw.Length;
            _item.Write(raw);
            items += EmitWholeItems(section, begin, handler);
            pieceDone?.Invoke(rawBytes);
        }

        if (_item.Length != 0 || items != section.ItemCount)
            throw CheckpointErrors.Invalid(_file.Path, _offset, "the items of a section do not add up");
    }

    /// <summary>Hands out the items that are complete and keeps the rest for the next block.</summary>
    /// <param name="section">Whose items they are.</param>
    /// <param name="begin">Where the bytes at hand begin: counted from the newest block, below it where some are left of those before.</param>
    /// <param name="handler">Who gets them.</param>
    private long EmitWholeItems(CheckpointSection section, StoredPlace begin, CheckpointItemHandler handler)
    {
        ReadOnlySpan<byte> bytes = _item.WrittenSpan;
        int left = bytes.Length;
        StoredPlace place = begin.Offset < 0 ? _itemBegin : begin;
        long items = 0;
        while (bytes.Length >= 4)
        {
            int length = BinaryPrimitives.ReadInt32LittleEndian(bytes);
            if (length < 0 || length > Footer.RawBytes)
                throw CheckpointErrors.Invalid(_file.Path, _offset, "an item has an impossible length");
            if (bytes.Length - 4 < length)
                break;
            Handle(section, place, bytes.Slice(4, length), handler);
            bytes = bytes[(4 + length)..];
            place = begin with { Offset = begin.Offset + left - bytes.Length };
            items++;
        }

        _itemBegin = place;
        KeepRest(bytes.Length);
        return items;
    }

    private void Handle(CheckpointSection section, StoredPlace place, ReadOnlySpan<byte> item, CheckpointItemHandler handler)
    {
        try
        {
            handler(section, place, item);
        }
        catch (MalformedDataException e)
        {
            throw CheckpointErrors.Invalid(_file.Path, _offset, "an item is malformed", e);
        }
    }

    private void KeepRest(int count)
    {
        int consumed = _item.Length - count;
        if (consumed == 0)
            return;
        _item.WrittenSpan[consumed..].CopyTo(_item.GetSpanAt(0, count));
        _item.Truncate(count);
    }

    private ReadOnlySpan<byte> ReadBlock()
    {
        ReadOnlySpan<byte> raw = _blocks.Read(out ReadOnlySpan<byte> stored);
        _fileCrc = Crc32C.Append(_fileCrc, stored);
        _offset = _blocks.Offset;
        return raw;
    }

    private ReadOnlySpan<byte> Read(int count)
    {
        if (_stored.Length < count)
            _stored = new byte[count];
        Span<byte> bytes = _stored.AsSpan(0, count);
        if (_file.Read(bytes, _offset) != count)
            throw CheckpointErrors.Invalid(_file.Path, _offset, "the file ends early");
        _fileCrc = Crc32C.Append(_fileCrc, bytes);
        _offset += count;
        return bytes;
    }

    private static byte[] ReadAt(IFile file, long offset, int count, long fileBytes)
    {
        if (offset < 0 || offset + count > fileBytes)
            throw CheckpointErrors.Invalid(file.Path, Math.Max(offset, 0), "the file is too short");
        byte[] bytes = new byte[count];
        if (file.Read(bytes, offset) != count)
            throw CheckpointErrors.Invalid(file.Path, offset, "the file ends early");
        return bytes;
    }
}
