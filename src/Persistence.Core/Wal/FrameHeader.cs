using System.Buffers.Binary;
#if MUTANTS
using Persistence.Diagnostics;
#endif
using Persistence.Serialization;
using Persistence.State;

namespace Persistence.Wal;

/// <summary>A frame's first bytes; layout in FORMAT.md §3.</summary>
internal readonly record struct FrameHeader
{
    public const int Bytes = 72;
    public const ushort FormatVersion = 1;
    private const uint Magic = 0x4D52_4650; // "PFRM"
    private const int CrcOffset = Bytes - 4;

    public ushort Version { get; init; }

    /// <summary>None are defined; an unknown one is "unsupported".</summary>
    public ushort Flags { get; init; }

    public Lsn Lsn { get; init; }

    public ulong Salt { get; init; }

    /// <summary>Everything below it was synced before this frame was written.</summary>
    public Lsn SyncedLsn { get; init; }

    public FrameLink Previous { get; init; }

    public long Time { get; init; }

    public int BodyBytes { get; init; }

    public int RecordCount { get; init; }

    public uint BodyCrc { get; init; }

    /// <summary>This frame's chain value: the CRC of its header, which covers body CRC and predecessor.</summary>
    public uint Chain { get; init; }

    public FrameLink Link => new(Lsn, Chain);

    /// <summary>Writes the header.</summary>
    /// <returns>The chain value.</returns>
    public uint Encode(Span<byte> target)
    {
        target[..Bytes].Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(target, Magic);
        BinaryPrimitives.WriteUInt16LittleEndian(target[4..], FormatVersion);
        BinaryPrimitives.WriteInt64LittleEndian(target[8..], Lsn.Value);
        BinaryPrimitives.WriteUInt64LittleEndian(target[16..], Salt);
        BinaryPrimitives.WriteInt64LittleEndian(target[24..], SyncedLsn.Value);
        BinaryPrimitives.WriteInt64LittleEndian(target[32..], Previous.Lsn.Value);
        BinaryPrimitives.WriteInt64LittleEndian(target[40..], Time);
        BinaryPrimitives.WriteInt32LittleEndian(target[48..], BodyBytes);
        BinaryPrimitives.WriteInt32LittleEndian(target[52..], RecordCount);
        BinaryPrimitives.WriteUInt32LittleEndian(target[56..], Previous.Chain);
        BinaryPrimitives.WriteUInt32LittleEndian(target[60..], BodyCrc);
        uint chain = Crc32C.Compute(target[..CrcOffset]);
        BinaryPrimitives.WriteUInt32LittleEndian(target[CrcOffset..], chain);
        return chain;
    }

    /// <summary>Reads a header whose magic and CRC hold; everything in it is still to be held against its place.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> source, out FrameHeader header)
    {
        header = default;
        if (source.Length < Bytes || BinaryPrimitives.ReadUInt32LittleEndian(source) != Magic)
            return false;
        uint crc = BinaryPrimitives.ReadUInt32LittleEndian(source[CrcOffset..]);
        bool isIntact = crc == Crc32C.Compute(source[..CrcOffset]);
#if MUTANTS
        isIntact |= Mutants.Is(Mutants.SkipChecksum);
#endif
        if (!isIntact)
            return false;
        header = new FrameHeader
        {
            Version = BinaryPrimitives.ReadUInt16LittleEndian(source[4..]),
            Flags = BinaryPrimitives.ReadUInt16LittleEndian(source[6..]),
            Lsn = new Lsn(BinaryPrimitives.ReadInt64LittleEndian(source[8..])),
            Salt = BinaryPrimitives.ReadUInt64LittleEndian(source[16..]),
            SyncedLsn = new Lsn(BinaryPrimitives.ReadInt64LittleEndian(source[24..])),
            Previous = new FrameLink(
                new Lsn(BinaryPrimitives.ReadInt64LittleEndian(source[32..])), BinaryPrimitives.ReadUInt32LittleEndian(source[56..])),
            Time = BinaryPrimitives.ReadInt64LittleEndian(source[40..]),
            BodyBytes = BinaryPrimitives.ReadInt32LittleEndian(source[48..]),
            RecordCount = BinaryPrimitives.ReadInt32LittleEndian(source[52..]),
            BodyCrc = BinaryPrimitives.ReadUInt32LittleEndian(source[60..]),
            Chain = crc,
        };
        return true;
    }
}
