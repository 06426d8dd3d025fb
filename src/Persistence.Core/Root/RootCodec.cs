using System.Buffers.Binary;
using Persistence.Diagnostics;
using Persistence.Serialization;
using Persistence.State;

namespace Persistence.Root;

/// <summary>One copy of ROOT as bytes; layout in FORMAT.md.</summary>
internal static class RootCodec
{
    public const int CopyBytes = 4096;
    public const ushort FormatVersion = 1;
    private const int BodyOffset = 40;
    private const int CrcOffset = CopyBytes - 4;
    private const int BodyBytesMax = CrcOffset - BodyOffset;

    private static ReadOnlySpan<byte> Magic => [0x89, 0x50, 0x52, 0x4F, 0x4F, 0x54, 0x0D, 0x0A];

    /// <summary>Bounds of the page: more than fits is refused before anything is written.</summary>
    public static byte[] Encode(RootRecord root)
    {
        byte[] page = new byte[CopyBytes];
        GrowableBuffer body = new(CopyBytes * 4);
        WriteBody(root, body);
        if (body.Length > BodyBytesMax)
            throw new StoreException(StoreError.ConfigurationInvalid, $"ROOT would need {body.Length} bytes of the {BodyBytesMax} it has: too many retained checkpoints.");

        Magic.CopyTo(page);
        BinaryPrimitives.WriteUInt16LittleEndian(page.AsSpan(8), FormatVersion);
        BinaryPrimitives.WriteInt32LittleEndian(page.AsSpan(12), body.Length);
        BinaryPrimitives.WriteInt64LittleEndian(page.AsSpan(16), root.Generation);
        BinaryPrimitives.WriteUInt32LittleEndian(page.AsSpan(24), root.IncompatibleFeatures);
        BinaryPrimitives.WriteUInt32LittleEndian(page.AsSpan(28), root.ReadOnlyCompatibleFeatures);
        BinaryPrimitives.WriteUInt32LittleEndian(page.AsSpan(32), root.CompatibleFeatures);
        body.WrittenSpan.CopyTo(page.AsSpan(BodyOffset));
        BinaryPrimitives.WriteUInt32LittleEndian(page.AsSpan(CrcOffset), Crc32C.Compute(page.AsSpan(0, CrcOffset)));
        return page;
    }

    /// <summary>Reads one copy.</summary>
    /// <returns>Null when the copy is damaged.</returns>
    /// <exception cref="StoreException"><see cref="StoreError.UnsupportedFormatVersion"/> when it is intact and newer.</exception>
    public static RootRecord? Decode(ReadOnlySpan<byte> page)
    {
        if (page.Length != CopyBytes
            || !page.StartsWith(Magic)
            || BinaryPrimitives.ReadUInt32LittleEndian(page[CrcOffset..]) != Crc32C.Compute(page[..CrcOffset]))
        {
            return null;
        }

        ushort version = BinaryPrimitives.ReadUInt16LittleEndian(page[8..]);
        uint incompatible = BinaryPrimitives.ReadUInt32LittleEndian(page[24..]);
        if (version is 0 or > FormatVersion || incompatible != 0)
        {
            throw new StoreException(
                StoreError.UnsupportedFormatVersion,
                $"ROOT has format version {version} and feature flags {incompatible:X}; this version reads up to version {FormatVersion} and no flags.")
            { File = RootFile.Name };
        }

        int bodyLength = BinaryPrimitives.ReadInt32LittleEndian(page[12..]);
        if (bodyLength < 0 || bodyLength > BodyBytesMax)
            return null;

        RootRecord root = new()
        {
            Generation = BinaryPrimitives.ReadInt64LittleEndian(page[16..]),
            IncompatibleFeatures = incompatible,
            ReadOnlyCompatibleFeatures = BinaryPrimitives.ReadUInt32LittleEndian(page[28..]),
            CompatibleFeatures = BinaryPrimitives.ReadUInt32LittleEndian(page[32..]),
        };
        try
        {
            return ReadBody(root, page.Slice(BodyOffset, bodyLength));
        }
        catch (MalformedDataException)
        {
            return null;
        }
    }

    private static void WriteBody(RootRecord root, GrowableBuffer body)
    {
        MessagePackWriter writer = new(body);
        writer.WriteMapHeader(12 + (root.Directories.Count > 0 ? 1 : 0) + root.UnknownEntries.Count);
        writer.WriteInteger(1);
        Span<byte> storeId = stackalloc byte[16];
        root.StoreId.TryWriteBytes(storeId, bigEndian: true, out _);
        writer.WriteBinary(storeId);
        writer.WriteInteger(2);
        writer.WriteInteger(root.Epoch);
        writer.WriteInteger(3);
        writer.WriteArrayHeader(3);
        writer.WriteInteger(root.ActiveSequence);
        writer.WriteInteger(root.ActiveFirstLsn.Value);
        writer.WriteInteger(root.ActiveSalt);
        writer.WriteInteger(4);
        writer.WriteArrayHeader(2);
        writer.WriteInteger(root.OldestNeededSequence);
        writer.WriteInteger(root.OldestNeededLsn.Value);
        writer.WriteInteger(5);
        writer.WriteInteger(root.DurableFloor.Value);
        writer.WriteInteger(6);
        writer.WriteBoolean(root.Clean);
        writer.WriteInteger(7);
        WriteCheckpoints(ref writer, root.Checkpoints);
        writer.WriteInteger(8);
        WriteBranches(ref writer, root.Branches);
        writer.WriteInteger(9);
        writer.WriteString(root.BootId);
        WriteDirectories(ref writer, root.Directories);
        writer.WriteInteger(11);
        writer.WriteInteger(root.Created);
        writer.WriteInteger(12);
        writer.WriteInteger(root.NextCheckpointId);
        writer.WriteInteger(13);
        writer.WriteInteger(root.FreeLsn.Value);
        foreach (byte[] entry in root.UnknownEntries)
            writer.WriteRaw(entry);
    }

    private static void WriteCheckpoints(ref MessagePackWriter writer, IReadOnlyList<RootCheckpoint> checkpoints)
    {
        writer.WriteArrayHeader(checkpoints.Count);
        foreach (RootCheckpoint checkpoint in checkpoints)
        {
            writer.WriteArrayHeader(5);
            writer.WriteInteger(checkpoint.Id);
            writer.WriteInteger(checkpoint.Kind);
            writer.WriteInteger(checkpoint.RedoFrom.Value);
            writer.WriteInteger(checkpoint.End.Value);
            writer.WriteInteger(checkpoint.FileCrc);
        }
    }

    private static void WriteBranches(ref MessagePackWriter writer, IReadOnlyList<RootBranch> branches)
    {
        writer.WriteArrayHeader(branches.Count);
        foreach (RootBranch branch in branches)
        {
            writer.WriteArrayHeader(3);
            writer.WriteInteger(branch.Epoch);
            writer.WriteInteger(branch.ForkedAt.Value);
            writer.WriteInteger(branch.First.Value);
        }
    }

    private static void WriteDirectories(ref MessagePackWriter writer, IReadOnlyList<RootDirectory> directories)
    {
        if (directories.Count == 0)
            return;
        Span<byte> identity = stackalloc byte[16];
        writer.WriteInteger(10);
        writer.WriteArrayHeader(directories.Count);
        foreach (RootDirectory directory in directories)
        {
            directory.Identity.TryWriteBytes(identity, bigEndian: true, out _);
            writer.WriteArrayHeader(3);
            writer.WriteString(directory.Name);
            writer.WriteString(directory.Path);
            writer.WriteBinary(identity);
        }
    }

    private static RootDirectory[] ReadDirectories(ref MessagePackReader reader)
    {
        RootDirectory[] directories = new RootDirectory[reader.ReadArrayHeader()];
        for (int i = 0; i < directories.Length; i++)
        {
            ExpectArray(ref reader, 3);
            directories[i] = new RootDirectory(reader.ReadString(), reader.ReadString(), ReadGuid(ref reader));
        }

        return directories;
    }

    private static RootRecord ReadBody(RootRecord root, ReadOnlySpan<byte> body)
    {
        MessagePackReader reader = new(body);
        int entries = reader.ReadMapHeader();
        List<byte[]> unknown = [];
        for (int i = 0; i < entries; i++)
        {
            int start = reader.Position;
            long key = reader.ReadInt64();
            switch (key)
            {
                case 1: root = root with { StoreId = ReadGuid(ref reader) }; break;
                case 2: root = root with { Epoch = reader.ReadInt64() }; break;
                case 3:
                    ExpectArray(ref reader, 3);
                    root = root with
                    {
                        ActiveSequence = reader.ReadInt64(),
                        ActiveFirstLsn = new Lsn(reader.ReadInt64()),
                        ActiveSalt = reader.ReadUInt64(),
                    };
                    break;
                case 4:
                    ExpectArray(ref reader, 2);
                    root = root with { OldestNeededSequence = reader.ReadInt64(), OldestNeededLsn = new Lsn(reader.ReadInt64()) };
                    break;
                case 5: root = root with { DurableFloor = new Lsn(reader.ReadInt64()) }; break;
                case 6: root = root with { Clean = reader.ReadBoolean() }; break;
                case 7: root = root with { Checkpoints = ReadCheckpoints(ref reader) }; break;
                case 8: root = root with { Branches = ReadBranches(ref reader) }; break;
                case 9: root = root with { BootId = reader.ReadString() }; break;
                case 10: root = root with { Directories = ReadDirectories(ref reader) }; break;
                case 11: root = root with { Created = reader.ReadInt64() }; break;
                case 12: root = root with { NextCheckpointId = reader.ReadInt64() }; break;
                case 13: root = root with { FreeLsn = new Lsn(reader.ReadInt64()) }; break;
                default:
                    reader.Skip();
                    unknown.Add(body[start..reader.Position].ToArray());
                    break;
            }
        }

        return root with { UnknownEntries = unknown };
    }

    private static RootCheckpoint[] ReadCheckpoints(ref MessagePackReader reader)
    {
        RootCheckpoint[] checkpoints = new RootCheckpoint[reader.ReadArrayHeader()];
        for (int i = 0; i < checkpoints.Length; i++)
        {
            ExpectArray(ref reader, 5);
            checkpoints[i] = new RootCheckpoint(
                reader.ReadInt64(), (int)reader.ReadInt64(), new Lsn(reader.ReadInt64()), new Lsn(reader.ReadInt64()), (uint)reader.ReadUInt64());
        }

        return checkpoints;
    }

    private static RootBranch[] ReadBranches(ref MessagePackReader reader)
    {
        RootBranch[] branches = new RootBranch[reader.ReadArrayHeader()];
        for (int i = 0; i < branches.Length; i++)
        {
            ExpectArray(ref reader, 3);
            branches[i] = new RootBranch(reader.ReadInt64(), new Lsn(reader.ReadInt64()), new Lsn(reader.ReadInt64()));
        }

        return branches;
    }

    private static void ExpectArray(ref MessagePackReader reader, int count)
    {
        int found = reader.ReadArrayHeader();
        if (found != count)
            throw new MalformedDataException($"An array of {count} was expected in ROOT and one of {found} was found.", reader.Position);
    }

    private static Guid ReadGuid(ref MessagePackReader reader)
    {
        ReadOnlySpan<byte> bytes = reader.ReadBinary();
        if (bytes.Length != 16)
            throw new MalformedDataException("An id in ROOT does not have 16 bytes.", reader.Position);
        return new Guid(bytes, bigEndian: true);
    }
}
