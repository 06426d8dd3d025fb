using System.Buffers.Binary;
using Persistence.Compaction;
using Persistence.Compression;
using Persistence.Diagnostics;
using Persistence.Serialization;
using Persistence.State;
using Persistence.Storage;
using Persistence.Storage.Simulated;
using Persistence.Tests.Engine;
using Persistence.Wal;
using Xunit;

namespace Persistence.Tests.Compaction;

/// <summary>A small archived segment, without compression so that its bytes do not depend on a library's version; the layout is in ARCHIVE-FORMAT.md.</summary>
public sealed class ArchiveFormatTests
{
    private static readonly GoldenFiles s_golden = new("Engine");
    private const string Golden = "archive";

    [Fact]
    public void A_file_is_byte_for_byte_what_version_1_wrote()
    {
        (SimulatedFileSystem files, ArchiveName name) = Make(compressor: null);
        Assert.Equal(s_golden.Read(Golden), HexDump.Write(StoreImage.Of(files)[name.Path]));
    }

    /// <summary>Earlier ones had blocks of 256 KiB.</summary>
    [Theory]
    [InlineData(Golden)]
    [InlineData("archive-large-blocks")]
    public void A_file_of_version_1_holds_the_segment_it_was_made_of(string golden)
    {
        (SimulatedFileSystem made, ArchiveName name) = Make(compressor: null);
        StoreImage image = new();
        image.AddDirectory("archive");
        image[name.Path] = HexDump.Read(s_golden.Read(golden));
        SimulatedFileSystem files = image.ToFiles();
        SegmentInfo segment = Assert.Single(ArchiveCatalog.Read(files, StoreIdOf(made), Lsn.None).Segments);
        Assert.Equal(SegmentBytes(made, name), Read(files, segment));
        Assert.NotEqual(0, ArchiveCatalog.TryReadHeader(files, name, StoreIdOf(made), out _)!.LastTime);
    }

    [Theory]
    [InlineData(CodecId.None)]
    [InlineData(CodecId.Brotli)]
    [InlineData(CodecId.Zstd)]
    public void The_sealed_bytes_come_back_with_every_codec(CodecId codec)
    {
        Assert.SkipUnless(codec != CodecId.Zstd || ZstdCompressor.IsAvailable, "libzstd is not installed.");
        (SimulatedFileSystem files, ArchiveName name) = Make(Compressors.Create(codec), valueBytes: 300_000, segmentBytes: 1 << 20);
        SegmentInfo segment = Assert.Single(ArchiveCatalog.Read(files, StoreIdOf(files), Lsn.None).Segments);
        Assert.Equal(SegmentBytes(files, name), Read(files, segment));
        using IFile file = files.Open(name.Path, FileIntent.Read);
        Assert.True(ArchiveReader.Open(file, StoreIdOf(files)).BlockCount > 1);
    }

    [Fact]
    public void A_change_of_any_byte_is_found()
    {
        (SimulatedFileSystem files, ArchiveName name) = Make(compressor: null);
        StoreImage image = StoreImage.Of(files);
        Guid storeId = StoreIdOf(files);
        byte[] whole = image[name.Path];
        for (int offset = 0; offset < whole.Length; offset += offset is > 400 and < 4000 ? 97 : 1)
        {
            StoreImage damaged = image.Copy();
            damaged.Flip(name.Path, offset, 0x10);
            StoreException e = Assert.Throws<StoreException>(() => ReadWhole(damaged.ToFiles(), name, storeId));
            Assert.Equal((StoreError.ChecksumMismatch, name.Path), (e.Error, e.File));
        }
    }

    [Fact]
    public void A_file_cut_short_anywhere_is_damaged()
    {
        (SimulatedFileSystem files, ArchiveName name) = Make(compressor: null);
        StoreImage image = StoreImage.Of(files);
        byte[] whole = image[name.Path];
        for (int length = 0; length < whole.Length; length += 101)
        {
            StoreImage cut = image.Copy();
            cut[name.Path] = whole[..length];
            Assert.Equal(StoreError.ChecksumMismatch, Assert.Throws<StoreException>(() => ReadWhole(cut.ToFiles(), name, StoreIdOf(files))).Error);
        }
    }

    [Theory]
    [InlineData(8, 2)]
    [InlineData(12, 1)]
    public void A_newer_file_is_unsupported_and_not_damaged(int offset, int value)
    {
        (SimulatedFileSystem files, ArchiveName name) = Make(compressor: null);
        StoreImage image = StoreImage.Of(files);
        byte[] bytes = image[name.Path];
        BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(offset), (short)value);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(252), Crc32C.Append(Crc32C.Compute(bytes.AsSpan(0, 252)), bytes.AsSpan(256, 4096)));
        Assert.Equal(StoreError.UnsupportedFormatVersion, Assert.Throws<StoreException>(() => ReadWhole(image.ToFiles(), name, StoreIdOf(files))).Error);
    }

    [Fact]
    public void A_file_of_another_store_is_not_taken()
    {
        (SimulatedFileSystem files, ArchiveName name) = Make(compressor: null);
        Assert.Equal(StoreError.StoreMismatch, Assert.Throws<StoreException>(() => ReadWhole(files, name, Guid.NewGuid())).Error);
        Assert.Empty(ArchiveCatalog.Read(files, Guid.NewGuid(), Lsn.None).Segments);
    }

    private static void ReadWhole(SimulatedFileSystem files, ArchiveName name, Guid storeId)
    {
        using IFile file = files.Open(name.Path, FileIntent.Read);
        ArchiveReader.Open(file, storeId).ReadWhole(handler: null);
    }

    private static byte[] Read(SimulatedFileSystem files, SegmentInfo segment)
    {
        using IFile file = segment.Open(files);
        byte[] bytes = new byte[file.GetLength()];
        // In pieces that do not fit the blocks.
        for (int offset = 0; offset < bytes.Length; offset += 10_007)
            Assert.Equal(Math.Min(10_007, bytes.Length - offset), file.Read(bytes.AsSpan(offset, Math.Min(10_007, bytes.Length - offset)), offset));
        return bytes;
    }

    private static byte[] SegmentBytes(SimulatedFileSystem files, ArchiveName name) => StoreImage.Of(files)[SegmentNames.Path(name.Sequence)][..(int)name.RawBytes];

    private static Guid StoreIdOf(SimulatedFileSystem files) => SegmentCatalog.Read(files, storeId: null).Segments[0].Header!.StoreId;

    private static (SimulatedFileSystem Files, ArchiveName Name) Make(ICompressor? compressor, int valueBytes = 20, int segmentBytes = 64 << 10)
    {
        SimulatedFileSystem files = new();
        ManualClock clock = new();
        using (TestStore store = TestStore.Create(TestStore.DeterministicHostFor(files, clock: clock), TestStore.SmallOptions with { SegmentBytes = segmentBytes }))
        {
            store.Set("name", "archived".PadRight(valueBytes, '.'));
            clock.Advance(TimeSpan.FromSeconds(1));
            store.Store.AppendRecord("note", TestStore.Encode("a record"));
            store.Store.RotateLog();
            store.Set("name", "sealed");
            store.Store.Close();
        }

        files.CreateDirectory("archive");
        IReadOnlyList<SegmentInfo> segments = SegmentCatalog.Read(files, storeId: null).Segments;
        SegmentHeader next = segments[1].Header!;
        SegmentArchive archive = new(files, clock, compressor, static _ => { });
        Assert.True(archive.TryAdd(segments[0], new LogPosition(next.PreviousEnd, next.PreviousLink)));
        return (files, Assert.Single(ArchiveCatalog.List(files)));
    }
}
