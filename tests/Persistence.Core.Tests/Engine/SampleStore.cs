using System.Buffers.Binary;
using Persistence.Configuration;
using Persistence.Diagnostics;
using Persistence.Engine;
using Persistence.KeyValue;
using Persistence.Recovery;
using Persistence.Root;
using Persistence.Serialization;
using Persistence.Storage.Simulated;
using Persistence.Wal;
using Xunit;

namespace Persistence.Tests.Engine;

/// <summary>A small store with two checkpoints and several segments, as files to be damaged, and the state it holds.</summary>
internal sealed class SampleStore
{
    public static readonly StoreOptions KeepLog = TestStore.SmallOptions with { SegmentBytes = 32 << 10, LogRetainBytes = long.MaxValue };
    public static readonly StoreOptions DropLog = KeepLog with { LogRetainBytes = 0 };

    private SampleStore(StoreImage image, string state)
    {
        Image = image;
        State = state;
    }

    public StoreImage Image { get; }

    /// <summary>The whole state, as <see cref="TestStore.Dump"/> gives it.</summary>
    public string State { get; }

    public static SampleStore Create(StoreOptions? options = null, bool clean = false, int checkpoints = 2, int setsAfter = 3)
    {
        SimulatedFileSystem files = new();
        using TestStore store = TestStore.Create(TestStore.DeterministicHostFor(files), options ?? KeepLog);
        int value = 0;
        for (int round = 0; round < checkpoints; round++)
        {
            for (int i = 0; i < 12; i++)
                store.Set($"k{i}", $"{value++}".PadRight(2900, 'x'));
            store.Store.TakeCheckpoint();
        }

        for (int i = 0; i < setsAfter; i++)
            store.Set($"k{i}", $"{value++}".PadRight(700, 'y'));
        string state = store.Dump();
        if (clean)
            store.Store.Close();
        return new SampleStore(StoreImage.Of(files.CrashImage(CrashImageKind.DropPending)), state);
    }

    /// <summary>Paths of the segments, oldest first.</summary>
    public IReadOnlyList<string> Segments => [.. Image.Paths.Where(path => path.StartsWith("wal/", StringComparison.Ordinal) && path.EndsWith(".wal", StringComparison.Ordinal))];

    public string NewestSegment => Segments[^1];

    /// <summary>Paths of the checkpoints, oldest first.</summary>
    public IReadOnlyList<string> Checkpoints => [.. Image.Paths.Where(path => path.StartsWith("checkpoints/", StringComparison.Ordinal))];

    public SegmentHeader HeaderOf(string segment) => SegmentHeader.Decode(Image[segment].AsSpan(0, SegmentHeader.Bytes), segment)!;

    public RootRecord Root => RootFile.Read(Image.ToFiles()).Believed!;

    /// <summary>Offsets of the frames of a segment, in order.</summary>
    public List<int> FramesOf(string segment)
    {
        byte[] bytes = Image[segment];
        SegmentHeader header = HeaderOf(segment);
        List<int> frames = [];
        for (int offset = SegmentHeader.Bytes; offset + FrameHeader.Bytes <= bytes.Length; offset += header.SectorBytes)
        {
            if (FrameHeader.TryDecode(bytes.AsSpan(offset), out FrameHeader frame) && frame.Salt == header.Salt && frame.Lsn == header.FirstLsn + offset)
                frames.Add(offset);
        }

        return frames;
    }

    /// <summary>Changes a header field of the last frame of a segment and makes its CRC hold again.</summary>
    public void ForgeLastFrame(string segment, int fieldOffset, ReadOnlySpan<byte> bytes) => ForgeFrame(segment, FramesOf(segment)[^1], fieldOffset, bytes);

    public void ForgeFrame(string segment, int frame, int fieldOffset, ReadOnlySpan<byte> bytes) =>
        Image.Forge(segment, frame + fieldOffset, bytes, frame, frame + FrameHeader.Bytes - 4);

    /// <summary>Changes one byte in the last frame's first record, and makes body and header CRC hold again.</summary>
    public void ForgeLastRecord(string segment, int fieldOffset, ReadOnlySpan<byte> bytes)
    {
        int frame = FramesOf(segment)[^1];
        byte[] content = Image[segment];
        Assert.True(FrameHeader.TryDecode(content.AsSpan(frame), out FrameHeader header));
        bytes.CopyTo(content.AsSpan(frame + FrameHeader.Bytes + fieldOffset));
        uint crc = Crc32C.Compute(content.AsSpan(frame + FrameHeader.Bytes, header.BodyBytes));
        BinaryPrimitives.WriteUInt32LittleEndian(content.AsSpan(frame + 60), crc);
        StoreImage.Seal(content, frame, frame + FrameHeader.Bytes - 4);
    }

    /// <summary>Both modes of opening refuse with this error and change not a byte.</summary>
    public StoreException AssertRefused(StoreError error, RecoveryMode mode = RecoveryMode.Strict)
    {
        SimulatedFileSystem files = Image.ToFiles();
        KeyValueState model = new();
        StoreException refused = Assert.ThrowsAny<StoreException>(() => PersistenceStore.Open(TestStore.HostFor(files), KeepLog, [model], mode));
        Assert.True(error == refused.Error, $"{refused.Error} instead of {error}: {refused.Message}");
        Assert.Null(StoreImage.Of(files).FindDifference(Image));
        Assert.Equal(0, model.Count);
        StoreException reading = Assert.ThrowsAny<StoreException>(() => TestStore.OpenReadOnly(files, mode));
        Assert.Equal(error, reading.Error);
        Assert.Null(StoreImage.Of(files).FindDifference(Image));
        return refused;
    }

    /// <summary>Opens for reading, then for writing, with the whole state (or the given one), writes more, and opens again.</summary>
    public RecoveryReport AssertOpens(RecoveryMode mode = RecoveryMode.Strict, string? state = null, string bootId = "boot-1")
    {
        SimulatedFileSystem files = Image.ToFiles();
        using (TestStore reader = TestStore.OpenReadOnly(files, mode))
            Assert.Equal(state ?? State, reader.Dump());
        Assert.Null(StoreImage.Of(files).FindDifference(Image));
        RecoveryReport report;
        string expected;
        using (TestStore store = TestStore.Open(files, KeepLog, mode, bootId))
        {
            Assert.Equal(state ?? State, store.Dump());
            report = store.Store.RecoveryReport;
            store.Set("after", "1");
            expected = store.Dump();
        }

        using TestStore again = TestStore.Open(files, KeepLog, bootId: bootId);
        Assert.Equal(expected, again.Dump());
        return report;
    }
}
