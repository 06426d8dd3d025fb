using System.Buffers.Binary;
using Persistence.Checkpoints;
using Persistence.Diagnostics;
using Persistence.Recovery;
using Persistence.Serialization;
using Persistence.Storage.Simulated;
using Persistence.Wal;
using Xunit;

namespace Persistence.Tests.Engine;

/// <summary>Files whose checksums hold and whose content is a lie: a bug, a forger, or bytes from elsewhere.</summary>
public sealed class HostileFilesTests
{
    private const int RootCopyBytes = 4096;
    private const int ReadBufferBytes = 3 << 20;

    public static TheoryData<string> Lies =>
    [
        "frame body length", "frame negative body length", "frame record count", "record length", "record negative length",
        "segment size", "segment size beyond the largest", "segment first position", "segment negative position", "segment sector",
        "root body length", "root array", "root first position", "root floor", "root negative sequence",
        "block raw length", "block stored length", "item length", "item negative length", "footer length", "footer offset", "footer array", "footer position",
    ];

    [Theory]
    [MemberData(nameof(Lies))]
    public void A_lie_with_a_valid_checksum_is_a_typed_error_or_harmless_and_takes_no_memory(string lie)
    {
        SampleStore sample = SampleStore.Create(SampleStore.KeepLog with { Compress = false });
        Tell(sample, lie);
        long fileBytes = sample.Image.Paths.Sum(path => (long)sample.Image[path].Length);
        foreach (RecoveryMode mode in Enum.GetValues<RecoveryMode>())
        {
            SimulatedFileSystem files = sample.Image.ToFiles();
            long before = GC.GetAllocatedBytesForCurrentThread();
            TryOpen(files, mode, readOnly: true, lie);
            TryOpen(files, mode, readOnly: false, lie);
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(allocated < (8 * fileBytes) + ReadBufferBytes, $"{lie}: {allocated} bytes for files of {fileBytes}");
        }
    }

    [Fact]
    public void Any_forged_content_is_a_typed_error_or_a_state()
    {
        SampleStore sample = SampleStore.Create(SampleStore.KeepLog with { Compress = false }, setsAfter: 8);
        StoreImage original = sample.Image.Copy();
        Random random = new(20260102);
        int refused = 0;
        for (int i = 0; i < 2500; i++)
        {
            foreach (string path in original.Paths)
                sample.Image[path] = [.. original[path]];
            string what = ForgeSomething(sample, random);
            refused += TryOpen(sample.Image.ToFiles(), (RecoveryMode)(i % 2), readOnly: i % 3 != 0, $"{i}: {what}") ? 0 : 1;
        }

        Assert.InRange(refused, 300, 2400);
    }

    private static bool TryOpen(SimulatedFileSystem files, RecoveryMode mode, bool readOnly, string what)
    {
        try
        {
            using TestStore store = readOnly ? TestStore.OpenReadOnly(files, mode) : TestStore.Open(files, SampleStore.KeepLog, mode);
            _ = store.KeyValue.FindByPrefix().Count;
            foreach (LogEntry entry in store.Store.ReadLog())
                _ = entry.Lsn;
            if (!readOnly)
                store.Set("after", "1");
            return true;
        }
        catch (StoreException)
        {
            return false;
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"{what}, {mode}: {e.GetType().Name}: {e.Message}\n{e.StackTrace}", e);
        }
    }

    private static void Tell(SampleStore sample, string lie)
    {
        string newest = sample.NewestSegment;
        string checkpoint = sample.Checkpoints[^1];
        switch (lie)
        {
            case "frame body length": sample.ForgeLastFrame(newest, 48, Int(int.MaxValue)); break;
            case "frame negative body length": sample.ForgeLastFrame(newest, 48, Int(-1)); break;
            case "frame record count": sample.ForgeLastFrame(newest, 52, Int(int.MaxValue)); break;
            case "record length": sample.ForgeLastRecord(newest, 4, Int(int.MaxValue)); break;
            case "record negative length": sample.ForgeLastRecord(newest, 4, Int(-28)); break;
            case "segment size": ForgeHeader(sample, newest, 48, Long(1L << 30)); break;
            case "segment size beyond the largest": ForgeHeader(sample, newest, 48, Long(long.MaxValue)); break;
            case "segment first position": ForgeHeader(sample, newest, 40, Long(long.MaxValue - 100)); break;
            case "segment negative position": ForgeHeader(sample, newest, 40, Long(-1)); break;
            case "segment sector": ForgeHeader(sample, newest, 10, [0, 0]); break;
            case "root body length": ForgeRoot(sample, 12, Int(int.MaxValue)); break;
            case "root array": ForgeRoot(sample, 41, [7, 0xDD, 0x7F, 0xFF, 0xFF, 0xFF]); break;
            case "root first position": ForgeRootBody(sample, 3, 1, long.MaxValue); break;
            case "root floor": ForgeRootBody(sample, 5, 0, long.MaxValue); break;
            case "root negative sequence": ForgeRootBody(sample, 3, 0, -7); break;
            case "block raw length": ForgeBlock(sample.Image, checkpoint, 0, Int(256 << 10)); break;
            case "block stored length": ForgeBlock(sample.Image, checkpoint, 4, Int(256 << 10)); break;
            case "item length": ForgeBlock(sample.Image, checkpoint, BlockHeader.Bytes, Int(int.MaxValue)); break;
            case "item negative length": ForgeBlock(sample.Image, checkpoint, BlockHeader.Bytes, Int(-5)); break;
            case "footer length": ForgeTrailer(sample.Image, checkpoint, 8, Int(int.MaxValue)); break;
            case "footer offset": ForgeTrailer(sample.Image, checkpoint, 0, Long(-100)); break;
            case "footer array": ForgeFooter(sample.Image, checkpoint, [0x81, 0x04, 0xDD, 0x7F, 0xFF, 0xFF, 0xFF]); break;
            case "footer position": ForgeFooter(sample.Image, checkpoint, [0x81, 0x01, 0xCF, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]); break;
            default: throw new ArgumentOutOfRangeException(nameof(lie));
        }
    }

    private static string ForgeSomething(SampleStore sample, Random random)
    {
        byte[] bytes = new byte[random.Next(1, 9)];
        random.NextBytes(bytes);
        if (random.Next(3) == 0)
            bytes.AsSpan().Fill((byte)(random.Next(2) * 255));
        string segment = sample.Segments[random.Next(sample.Segments.Count)];
        string checkpoint = sample.Checkpoints[random.Next(sample.Checkpoints.Count)];
        List<int> frames = sample.FramesOf(segment);
        int frame = frames.Count == 0 ? -1 : frames[random.Next(frames.Count)];
        switch (random.Next(6))
        {
            case 0:
                int field = random.Next(8, 160);
                ForgeRoot(sample, field, bytes);
                return $"root {field}";
            case 1:
                field = random.Next(10, 112);
                ForgeHeader(sample, segment, field, bytes);
                return $"header of {segment} {field}";
            case 2 when frame >= 0:
                field = random.Next(4, 56);
                sample.ForgeFrame(segment, frame, field, bytes);
                return $"frame {frame} of {segment} {field}";
            case 3:
                field = random.Next(0, 60);
                ForgeBlock(sample.Image, checkpoint, field, bytes);
                return $"block of {checkpoint} {field}";
            case 4:
                ForgeFooter(sample.Image, checkpoint, bytes, random.Next(0, 40));
                return $"footer of {checkpoint}";
            default:
                field = random.Next(0, 60);
                sample.ForgeLastRecord(sample.NewestSegment, field, bytes);
                return $"record {field}";
        }
    }

    private static byte[] Int(int value)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        return bytes;
    }

    private static byte[] Long(long value)
    {
        byte[] bytes = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        return bytes;
    }

    private static void ForgeHeader(SampleStore sample, string segment, int offset, ReadOnlySpan<byte> bytes) =>
        sample.Image.Forge(segment, offset, bytes, 0, SegmentHeader.Bytes - 4);

    private static void ForgeRoot(SampleStore sample, int offset, ReadOnlySpan<byte> bytes)
    {
        for (int copy = 0; copy < 4; copy++)
            sample.Image.Forge("ROOT", (copy * RootCopyBytes) + offset, bytes, copy * RootCopyBytes, (copy * RootCopyBytes) + RootCopyBytes - 4);
    }

    /// <summary>Puts an integer into ROOT's body: that of a key, or of an item of its array.</summary>
    private static void ForgeRootBody(SampleStore sample, int key, int item, long value)
    {
        for (int copy = 0; copy < 4; copy++)
        {
            Span<byte> page = sample.Image["ROOT"].AsSpan(copy * RootCopyBytes, RootCopyBytes);
            int length = BinaryPrimitives.ReadInt32LittleEndian(page[12..]);
            byte[] body = ReplaceInteger(page.Slice(40, length), key, item, value);
            body.CopyTo(page[40..]);
            BinaryPrimitives.WriteInt32LittleEndian(page[12..], body.Length);
            StoreImage.Seal(sample.Image["ROOT"], copy * RootCopyBytes, (copy * RootCopyBytes) + RootCopyBytes - 4);
        }
    }

    private static byte[] ReplaceInteger(ReadOnlySpan<byte> body, int key, int item, long value)
    {
        MessagePackReader reader = new(body);
        int entries = reader.ReadMapHeader();
        for (int i = 0; i < entries; i++)
        {
            if (reader.ReadInt64() != key)
            {
                reader.Skip();
                continue;
            }

            if (reader.NextType == MessagePackType.Array)
                reader.ReadArrayHeader();
            for (int skipped = 0; skipped < item; skipped++)
                reader.Skip();
            int start = reader.Position;
            reader.Skip();
            GrowableBuffer integer = new(16);
            new MessagePackWriter(integer).WriteInteger(value);
            return [.. body[..start], .. integer.WrittenSpan, .. body[reader.Position..]];
        }

        throw new ArgumentOutOfRangeException(nameof(key));
    }

    private static void ForgeBlock(StoreImage image, string path, int offset, ReadOnlySpan<byte> bytes)
    {
        byte[] content = image[path];
        Span<byte> block = content.AsSpan(CheckpointHeader.Bytes);
        int stored = BinaryPrimitives.ReadInt32LittleEndian(block[4..]);
        bytes.CopyTo(block[offset..]);
        BinaryPrimitives.WriteUInt32LittleEndian(block[12..], Crc32C.Append(Crc32C.Compute(block[..12]), block.Slice(BlockHeader.Bytes, stored)));
        SealTrailer(content);
    }

    private static void ForgeTrailer(StoreImage image, string path, int offset, ReadOnlySpan<byte> bytes)
    {
        int trailer = image[path].Length - CheckpointTrailer.Bytes;
        bytes.CopyTo(image[path].AsSpan(trailer + offset));
        StoreImage.Seal(image[path], trailer, image[path].Length - 4);
    }

    private static void ForgeFooter(StoreImage image, string path, ReadOnlySpan<byte> bytes, int offset = 0)
    {
        byte[] content = image[path];
        int trailer = content.Length - CheckpointTrailer.Bytes;
        int footer = (int)BinaryPrimitives.ReadInt64LittleEndian(content.AsSpan(trailer));
        bytes.CopyTo(content.AsSpan(footer + offset));
        SealTrailer(content);
    }

    private static void SealTrailer(byte[] content)
    {
        int trailer = content.Length - CheckpointTrailer.Bytes;
        int footer = (int)BinaryPrimitives.ReadInt64LittleEndian(content.AsSpan(trailer));
        BinaryPrimitives.WriteUInt32LittleEndian(content.AsSpan(trailer + 12), Crc32C.Compute(content.AsSpan(footer, trailer - footer)));
        StoreImage.Seal(content, trailer, content.Length - 4);
    }
}
