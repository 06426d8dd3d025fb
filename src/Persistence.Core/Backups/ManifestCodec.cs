using System.Buffers.Binary;
using Persistence.Diagnostics;
using Persistence.Root;
using Persistence.Serialization;
using Persistence.State;
using Persistence.Wal;

namespace Persistence.Backups;

/// <summary>A manifest as bytes; layout in FORMAT.md.</summary>
internal static class ManifestCodec
{
    private const ushort FormatVersion = 1;
    private const int CrcOffset = 20;
    private const int BodyOffset = 24;
    private const int FileFields = 7;

    private static ReadOnlySpan<byte> Magic => [0x89, 0x50, 0x42, 0x41, 0x4B, 0x0D, 0x0A, 0x1A];

    public static byte[] Encode(BackupManifest manifest)
    {
        GrowableBuffer body = new(Array.MaxLength);
        WriteBody(manifest, body);
        byte[] bytes = new byte[BodyOffset + body.Length];
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(8), FormatVersion);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(16), body.Length);
        body.WrittenSpan.CopyTo(bytes.AsSpan(BodyOffset));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(CrcOffset), ComputeCrc(bytes));
        return bytes;
    }

    /// <exception cref="StoreException">BackupInvalid; UnsupportedFormatVersion when it is intact and newer.</exception>
    public static BackupManifest Decode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < BodyOffset || !bytes.StartsWith(Magic) || BinaryPrimitives.ReadUInt32LittleEndian(bytes[CrcOffset..]) != ComputeCrc(bytes))
            throw BackupErrors.Damaged(ManifestFile.Name, 0, "it does not match its checksum");
        ushort version = BinaryPrimitives.ReadUInt16LittleEndian(bytes[8..]);
        uint flags = BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]);
        if (version is 0 or > FormatVersion || flags != 0)
        {
            throw new StoreException(
                StoreError.UnsupportedFormatVersion, $"The backup has format version {version} and feature flags {flags:X}; this version reads up to version {FormatVersion} and no flags.")
            { File = ManifestFile.Name };
        }

        try
        {
            return BinaryPrimitives.ReadInt32LittleEndian(bytes[16..]) == bytes.Length - BodyOffset
                ? ReadBody(bytes[BodyOffset..])
                : throw new MalformedDataException("The length is wrong.", 16);
        }
        catch (MalformedDataException e)
        {
            throw BackupErrors.Damaged(ManifestFile.Name, BodyOffset, "it is not what a manifest looks like", e);
        }
    }

    private static uint ComputeCrc(ReadOnlySpan<byte> bytes) => Crc32C.Append(Crc32C.Compute(bytes[..CrcOffset]), bytes[BodyOffset..]);

    private static void WriteBody(BackupManifest manifest, GrowableBuffer body)
    {
        MessagePackWriter writer = new(body);
        writer.WriteMapHeader(8);
        writer.WriteInteger(1);
        WriteId(ref writer, manifest.Id);
        writer.WriteInteger(2);
        if (manifest.ParentId is Guid parent)
            WriteId(ref writer, parent);
        else
            writer.WriteNil();
        writer.WriteInteger(3);
        writer.WriteInteger(manifest.Created);
        writer.WriteInteger(4);
        writer.WriteArrayHeader(3);
        writer.WriteInteger(manifest.Position.Lsn.Value);
        writer.WriteInteger(manifest.Position.Link.Lsn.Value);
        writer.WriteInteger((ulong)manifest.Position.Link.Chain);
        writer.WriteInteger(5);
        writer.WriteBinary(RootCodec.Encode(manifest.Root));
        writer.WriteInteger(6);
        writer.WriteArrayHeader(manifest.Files.Count);
        foreach (BackupFile file in manifest.Files)
            WriteFile(ref writer, file);
        writer.WriteInteger(7);
        writer.WriteInteger(manifest.FirstLsn.Value);
        writer.WriteInteger(8);
        writer.WriteInteger(manifest.BytesTotal);
    }

    private static BackupManifest ReadBody(ReadOnlySpan<byte> body)
    {
        BackupManifest manifest = new();
        MessagePackReader reader = new(body);
        int entries = reader.ReadMapHeader();
        for (int i = 0; i < entries; i++)
        {
            switch (reader.ReadInt64())
            {
                case 1: manifest = manifest with { Id = ReadId(ref reader) }; break;
                case 2: manifest = manifest with { ParentId = reader.TryReadNil() ? null : ReadId(ref reader) }; break;
                case 3: manifest = manifest with { Created = reader.ReadInt64() }; break;
                case 4: manifest = manifest with { Position = ReadPosition(ref reader) }; break;
                case 5: manifest = manifest with { Root = RootCodec.Decode(reader.ReadBinary()) ?? throw new MalformedDataException("The page of ROOT is damaged.", reader.Position) }; break;
                case 6: manifest = manifest with { Files = ReadFiles(ref reader) }; break;
                case 7: manifest = manifest with { FirstLsn = new Lsn(reader.ReadInt64()) }; break;
                case 8: manifest = manifest with { BytesTotal = reader.ReadInt64() }; break;
                default: reader.Skip(); break;
            }
        }

        reader.ExpectEnd();
        return manifest;
    }

    private static LogPosition ReadPosition(ref MessagePackReader reader)
    {
        int fields = reader.ReadArrayHeader();
        if (fields < 3)
            throw new MalformedDataException("A position has fewer than three fields.", reader.Position);
        LogPosition position = new(new Lsn(reader.ReadInt64()), new FrameLink(new Lsn(reader.ReadInt64()), reader.ReadUInt32()));
        SkipFields(ref reader, fields - 3);
        return position;
    }

    private static void WriteFile(ref MessagePackWriter writer, BackupFile file)
    {
        writer.WriteArrayHeader(FileFields);
        writer.WriteString(file.Path);
        writer.WriteInteger(file.SizeBytes);
        writer.WriteInteger(file.Offset);
        writer.WriteInteger(file.Length);
        writer.WriteInteger((ulong)file.Crc);
        writer.WriteInteger(file.Lsn.Value);
        writer.WriteBoolean(file.IsInherited);
    }

    private static BackupFile[] ReadFiles(ref MessagePackReader reader)
    {
        BackupFile[] files = new BackupFile[reader.ReadArrayHeader()];
        for (int i = 0; i < files.Length; i++)
            files[i] = ReadFile(ref reader);
        return files;
    }

    private static BackupFile ReadFile(ref MessagePackReader reader)
    {
        int fields = reader.ReadArrayHeader();
        if (fields < FileFields)
            throw new MalformedDataException($"A file has fewer than {FileFields} fields.", reader.Position);
        BackupFile file = new(
            reader.ReadString(), reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64(), reader.ReadUInt32(), new Lsn(reader.ReadInt64()), reader.ReadBoolean());
        SkipFields(ref reader, fields - FileFields);
        bool isPlausible = file.Offset >= 0 && file.Length >= 0 && file.Offset <= file.SizeBytes && file.Length <= file.SizeBytes - file.Offset;
        return isPlausible && BackupPaths.IsAllowed(file.Path) ? file : throw new MalformedDataException($"'{file.Path}' is no file of a backup, or has impossible lengths.", reader.Position);
    }

    private static void SkipFields(ref MessagePackReader reader, int count)
    {
        for (; count > 0; count--)
            reader.Skip();
    }

    private static void WriteId(ref MessagePackWriter writer, Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        writer.WriteBinary(bytes);
    }

    private static Guid ReadId(ref MessagePackReader reader)
    {
        ReadOnlySpan<byte> bytes = reader.ReadBinary();
        return bytes.Length == 16 ? new Guid(bytes, bigEndian: true) : throw new MalformedDataException("An id does not have 16 bytes.", reader.Position);
    }
}
