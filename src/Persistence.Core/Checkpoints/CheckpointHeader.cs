using System.Buffers.Binary;
using Persistence.Diagnostics;
using Persistence.Root;
using Persistence.Serialization;

namespace Persistence.Checkpoints;

/// <summary>The first bytes of a checkpoint; layout in FORMAT.md.</summary>
internal readonly record struct CheckpointHeader(Guid StoreId, long Id, int Kind, long Created)
{
    public const int Bytes = 128;
    public const ushort FormatVersion = 1;
    private const int CrcOffset = Bytes - 4;

    private static ReadOnlySpan<byte> Magic => [0x89, 0x50, 0x43, 0x4B, 0x50, 0x54, 0x0D, 0x0A];

    public void Encode(Span<byte> target)
    {
        target[..Bytes].Clear();
        Magic.CopyTo(target);
        BinaryPrimitives.WriteUInt16LittleEndian(target[8..], FormatVersion);
        BinaryPrimitives.WriteUInt16LittleEndian(target[10..], (ushort)Kind);
        StoreId.TryWriteBytes(target[16..], bigEndian: true, out _);
        BinaryPrimitives.WriteInt64LittleEndian(target[32..], Id);
        BinaryPrimitives.WriteInt64LittleEndian(target[40..], Created);
        BinaryPrimitives.WriteUInt32LittleEndian(target[CrcOffset..], Crc32C.Compute(target[..CrcOffset]));
    }

    /// <exception cref="StoreException"><see cref="StoreError.CheckpointInvalid"/>, <see cref="StoreError.UnsupportedFormatVersion"/>.</exception>
    public static CheckpointHeader Decode(ReadOnlySpan<byte> source, string path)
    {
        if (source.Length < Bytes
            || !source.StartsWith(Magic)
            || BinaryPrimitives.ReadUInt32LittleEndian(source[CrcOffset..]) != Crc32C.Compute(source[..CrcOffset]))
        {
            throw CheckpointErrors.Invalid(path, 0, "the header does not match its checksum");
        }

        ushort version = BinaryPrimitives.ReadUInt16LittleEndian(source[8..]);
        int kind = BinaryPrimitives.ReadUInt16LittleEndian(source[10..]);
        uint flags = BinaryPrimitives.ReadUInt32LittleEndian(source[12..]);
        if (version is 0 or > FormatVersion || flags != 0 || kind is not (RootCheckpoint.Full or RootCheckpoint.Increment))
            throw CheckpointErrors.Unsupported(path, version, flags);
        return new CheckpointHeader(
            new Guid(source.Slice(16, 16), bigEndian: true),
            BinaryPrimitives.ReadInt64LittleEndian(source[32..]),
            kind,
            BinaryPrimitives.ReadInt64LittleEndian(source[40..]));
    }
}
