using System.Buffers.Binary;
using Persistence.Diagnostics;
using Persistence.Serialization;
using Persistence.State;

namespace Persistence.Wal;

/// <summary>The first 4 KiB of a segment; layout in FORMAT.md §2.</summary>
public sealed record SegmentHeader
{
    /// <summary>Length of the header in bytes; frames follow. On disk, never change.</summary>
    public const int Bytes = 4096;

    /// <summary>No segment is larger: the largest configurable size, or one commit of the largest size.</summary>
    public const long SizeBytesMax = 1L << 30;

    internal const ushort FormatVersion = 1;
    private const int CrcOffset = Bytes - 4;

    /// <summary>Frames start on multiples of this.</summary>
    public int SectorBytes { get; init; }

    /// <summary>Which store it belongs to.</summary>
    public Guid StoreId { get; init; }

    /// <summary>Its number, from 1, without repetition.</summary>
    public long Sequence { get; init; }

    /// <summary>LSN of the file's first byte.</summary>
    public Lsn FirstLsn { get; init; }

    /// <summary>Length of the file in bytes.</summary>
    public long SizeBytes { get; init; }

    /// <summary>The epoch it was opened in.</summary>
    public long Epoch { get; init; }

    /// <summary>Random per incarnation.</summary>
    public ulong Salt { get; init; }

    /// <summary>When it was opened, 100 ns units since 1970-01-01 UTC.</summary>
    public long Created { get; init; }

    /// <summary>The predecessor's number; 0 for the first segment.</summary>
    public long PreviousSequence { get; init; }

    /// <summary>Where the predecessor's frames end.</summary>
    public Lsn PreviousEnd { get; init; }

    /// <summary>The last frame before this segment.</summary>
    public FrameLink PreviousLink { get; init; }

    /// <summary>It does not continue its predecessor's history but leaves it at <see cref="PreviousEnd"/>: it counts once ROOT names it.</summary>
    public bool BeginsBranch { get; init; }

    /// <summary>LSN after the segment's last byte: where the next segment begins.</summary>
    public Lsn NextFirstLsn => FirstLsn + SizeBytes;

    /// <summary>LSN of the segment's first frame.</summary>
    public Lsn FirstFrameLsn => FirstLsn + Bytes;

    private static ReadOnlySpan<byte> Magic => [0x89, 0x50, 0x57, 0x41, 0x4C, 0x0D, 0x0A, 0x1A];

    internal void Encode(Span<byte> page)
    {
        page[..Bytes].Clear();
        Magic.CopyTo(page);
        BinaryPrimitives.WriteUInt16LittleEndian(page[8..], FormatVersion);
        BinaryPrimitives.WriteUInt16LittleEndian(page[10..], (ushort)SectorBytes);
        StoreId.TryWriteBytes(page[16..], bigEndian: true, out _);
        BinaryPrimitives.WriteInt64LittleEndian(page[32..], Sequence);
        BinaryPrimitives.WriteInt64LittleEndian(page[40..], FirstLsn.Value);
        BinaryPrimitives.WriteInt64LittleEndian(page[48..], SizeBytes);
        BinaryPrimitives.WriteInt64LittleEndian(page[56..], Epoch);
        BinaryPrimitives.WriteUInt64LittleEndian(page[64..], Salt);
        BinaryPrimitives.WriteInt64LittleEndian(page[72..], Created);
        BinaryPrimitives.WriteInt64LittleEndian(page[80..], PreviousSequence);
        BinaryPrimitives.WriteInt64LittleEndian(page[88..], PreviousEnd.Value);
        BinaryPrimitives.WriteInt64LittleEndian(page[96..], PreviousLink.Lsn.Value);
        BinaryPrimitives.WriteUInt32LittleEndian(page[104..], PreviousLink.Chain);
        BinaryPrimitives.WriteUInt32LittleEndian(page[108..], BeginsBranch ? 1u : 0u);
        BinaryPrimitives.WriteUInt32LittleEndian(page[CrcOffset..], Crc32C.Compute(page[..CrcOffset]));
#if MUTANTS
        if (Mutants.Is(Mutants.ChecksumOmitsLength))
            BinaryPrimitives.WriteUInt32LittleEndian(page[CrcOffset..], ComputeWithoutLength(page));
#endif
    }

    /// <summary>Reads a header.</summary>
    /// <returns>Null when it is damaged.</returns>
    /// <exception cref="StoreException"><see cref="StoreError.UnsupportedFormatVersion"/> when it is intact and newer.</exception>
    internal static SegmentHeader? Decode(ReadOnlySpan<byte> page, string path)
    {
        if (page.Length < Bytes
            || !page.StartsWith(Magic)
#if MUTANTS
            || BinaryPrimitives.ReadUInt32LittleEndian(page[CrcOffset..]) != (Mutants.Is(Mutants.ChecksumOmitsLength) ? ComputeWithoutLength(page) : Crc32C.Compute(page[..CrcOffset])))
#else
            || BinaryPrimitives.ReadUInt32LittleEndian(page[CrcOffset..]) != Crc32C.Compute(page[..CrcOffset]))
#endif
        {
            return null;
        }

        ushort version = BinaryPrimitives.ReadUInt16LittleEndian(page[8..]);
        uint flags = BinaryPrimitives.ReadUInt32LittleEndian(page[12..]);
        if (version is 0 or > FormatVersion || flags != 0)
        {
            throw new StoreException(
                StoreError.UnsupportedFormatVersion,
                $"'{path}' has format version {version} and feature flags {flags:X}; this version reads up to version {FormatVersion} and no flags.")
            { File = path };
        }

        SegmentHeader header = new()
        {
            SectorBytes = BinaryPrimitives.ReadUInt16LittleEndian(page[10..]),
            StoreId = new Guid(page.Slice(16, 16), bigEndian: true),
            Sequence = BinaryPrimitives.ReadInt64LittleEndian(page[32..]),
            FirstLsn = new Lsn(BinaryPrimitives.ReadInt64LittleEndian(page[40..])),
            SizeBytes = BinaryPrimitives.ReadInt64LittleEndian(page[48..]),
            Epoch = BinaryPrimitives.ReadInt64LittleEndian(page[56..]),
            Salt = BinaryPrimitives.ReadUInt64LittleEndian(page[64..]),
            Created = BinaryPrimitives.ReadInt64LittleEndian(page[72..]),
            PreviousSequence = BinaryPrimitives.ReadInt64LittleEndian(page[80..]),
            PreviousEnd = new Lsn(BinaryPrimitives.ReadInt64LittleEndian(page[88..])),
            PreviousLink = new FrameLink(
                new Lsn(BinaryPrimitives.ReadInt64LittleEndian(page[96..])), BinaryPrimitives.ReadUInt32LittleEndian(page[104..])),
            BeginsBranch = (BinaryPrimitives.ReadUInt32LittleEndian(page[108..]) & 1) != 0,
        };
        return header.IsPlausible() ? header : null;
    }

#if MUTANTS
    private static uint ComputeWithoutLength(ReadOnlySpan<byte> page) => Crc32C.Append(Crc32C.Compute(page[..48]), page[56..CrcOffset]);
#endif

    private bool IsPlausible() =>
        SectorBytes is 512 or 4096
        && Sequence > 0
        && FirstLsn.Value >= 0
        && SizeBytes is >= 2 * Bytes and <= SizeBytesMax
        && FirstLsn.Value <= long.MaxValue - SizeBytes
        && Salt != 0
        && PreviousSequence >= 0 && PreviousSequence < Sequence
        && PreviousEnd.Value >= 0 && PreviousEnd <= FirstLsn;
}
