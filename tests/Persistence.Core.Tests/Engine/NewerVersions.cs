using System.Buffers.Binary;
using Persistence.Checkpoints;
using Persistence.Serialization;
using Persistence.Wal;
using Xunit;

namespace Persistence.Tests.Engine;

/// <summary>Turns one thing in a store into what a newer version may have written: every checksum holds.</summary>
internal static class NewerVersions
{
    private const int RootCopyBytes = 4096;

    public static void Make(SampleStore sample, string what)
    {
        string newest = sample.NewestSegment;
        string checkpoint = sample.Checkpoints[^1];
        switch (what)
        {
            case "root version": ForgeRoot(sample, 8, [2, 0]); break;
            case "root feature": ForgeRoot(sample, 24, [1]); break;
            case "segment version": sample.Image.Forge(newest, 8, [2], 0, SegmentHeader.Bytes - 4); break;
            case "segment feature": sample.Image.Forge(newest, 12, [1], 0, SegmentHeader.Bytes - 4); break;
            case "unneeded segment version": sample.Image.Forge(sample.Segments[0], 8, [2], 0, SegmentHeader.Bytes - 4); break;
            case "frame version": sample.ForgeLastFrame(newest, 4, [2]); break;
            case "frame flags": sample.ForgeLastFrame(newest, 6, [1]); break;
            case "record version": sample.ForgeLastRecord(newest, 8, [1, 2, 9]); break;
            case "record kind": sample.ForgeLastRecord(newest, 8, [77, 2]); break;
            case "record model": sample.ForgeLastRecord(newest, 8, [1, 9]); break;
            case "application record version": sample.ForgeLastRecord(newest, 8, [1, 1, 9]); break;
            case "checkpoint version": sample.Image.Forge(checkpoint, 8, [2], 0, 124); break;
            case "checkpoint feature": sample.Image.Forge(checkpoint, 12, [1], 0, 124); break;
            case "checkpoint kind": sample.Image.Forge(checkpoint, 10, [3], 0, 124); break;
            case "checkpoint trailer version": ForgeTrailer(sample.Image, checkpoint, 28, [2]); break;
            case "checkpoint section": ForgeSection(sample.Image, checkpoint, field: 1, value: 99); break;
            case "checkpoint model": ForgeSection(sample.Image, checkpoint, field: 0, value: 99); break;
            case "checkpoint codec": ForgeCodec(sample.Image, checkpoint); break;
            default: throw new ArgumentOutOfRangeException(nameof(what));
        }
    }

    /// <summary>Both copies of the newest slot.</summary>
    private static void ForgeRoot(SampleStore sample, int offset, byte[] bytes)
    {
        int slot = (int)(sample.Root.Generation & 1) * 2;
        for (int copy = slot; copy < slot + 2; copy++)
            sample.Image.Forge("ROOT", (copy * RootCopyBytes) + offset, bytes, copy * RootCopyBytes, (copy * RootCopyBytes) + RootCopyBytes - 4);
    }

    private static void ForgeTrailer(StoreImage image, string path, int offset, byte[] bytes)
    {
        int trailer = image[path].Length - CheckpointTrailer.Bytes;
        image.Forge(path, trailer + offset, bytes, trailer, image[path].Length - 4);
    }

    /// <summary>The footer is small: the section's fields are found by walking it.</summary>
    private static void ForgeSection(StoreImage image, string path, int field, byte value)
    {
        byte[] content = image[path];
        int trailer = content.Length - CheckpointTrailer.Bytes;
        int footer = (int)BinaryPrimitives.ReadInt64LittleEndian(content.AsSpan(trailer));
        MessagePackReader reader = new(content.AsSpan(footer, trailer - footer));
        int entries = reader.ReadMapHeader();
        for (int i = 0; i < entries; i++)
        {
            if (reader.ReadInt64() != 4)
            {
                reader.Skip();
                continue;
            }

            Assert.Equal(1, reader.ReadArrayHeader());
            reader.ReadArrayHeader();
            for (int skipped = 0; skipped < field; skipped++)
                reader.Skip();
            content[footer + reader.Position] = value;
            break;
        }

        SealCheckpoint(content);
    }

    private static void ForgeCodec(StoreImage image, string path)
    {
        byte[] content = image[path];
        Span<byte> block = content.AsSpan(CheckpointHeader.Bytes);
        int stored = BinaryPrimitives.ReadInt32LittleEndian(block[4..]);
        block[8] = 200;
        BinaryPrimitives.WriteUInt32LittleEndian(block[12..], Crc32C.Append(Crc32C.Compute(block[..12]), block.Slice(BlockHeader.Bytes, stored)));
        SealCheckpoint(content);
    }

    /// <summary>Footer CRC and trailer; the file CRC stays the one ROOT lists.</summary>
    private static void SealCheckpoint(byte[] content)
    {
        int trailer = content.Length - CheckpointTrailer.Bytes;
        int footer = (int)BinaryPrimitives.ReadInt64LittleEndian(content.AsSpan(trailer));
        BinaryPrimitives.WriteUInt32LittleEndian(content.AsSpan(trailer + 12), Crc32C.Compute(content.AsSpan(footer, trailer - footer)));
        StoreImage.Seal(content, trailer, content.Length - 4);
    }
}
