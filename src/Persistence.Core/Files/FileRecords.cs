using Persistence.Diagnostics;
using Persistence.Serialization;
using Persistence.State;

namespace Persistence.Files;

/// <summary>The record kinds of the files, and their payloads; FORMAT.md. On disk, never change.</summary>
internal static class FileRecords
{
    public const byte Version = 1;

    public static readonly RecordType Write = new(StateModelId.Files, 1);
    public static readonly RecordType Delete = new(StateModelId.Files, 2);
    public static readonly RecordType CarriedOut = new(StateModelId.Files, 3);

    public static bool IsKnown(RecordType type, byte version) => version == Version && (type == Write || type == Delete || type == CarriedOut);

    public static void AddWrite(CommandBatch batch, string name, string staged, long length, uint crc)
    {
        MessagePackWriter writer = new(batch.Begin());
        writer.WriteString(name);
        writer.WriteString(staged);
        writer.WriteInteger(length);
        writer.WriteInteger(crc);
        batch.End(Write, Version);
    }

    public static void AddDelete(CommandBatch batch, string name)
    {
        new MessagePackWriter(batch.Begin()).WriteString(name);
        batch.End(Delete, Version);
    }

    /// <summary>Changes up to a position are carried out, durably.</summary>
    public static void AddCarriedOut(CommandBatch batch, Lsn position)
    {
        new MessagePackWriter(batch.Begin()).WriteInteger(position.Value);
        batch.End(CarriedOut, Version);
    }

    /// <summary>Up to where changes are carried out.</summary>
    public static Lsn ReadPosition(ReadOnlySpan<byte> payload) => new(new MessagePackReader(payload, MessagePackReader.LargestMaxDepth).ReadInt64());

    /// <summary>What sequencing adds: whether there was a file of that name before.</summary>
    public static void WriteTail(GrowableBuffer tail, bool hasPrevious) => new MessagePackWriter(tail).WriteBoolean(hasPrevious);

    /// <summary>The name a command or a record is about.</summary>
    /// <exception cref="MalformedDataException">It is none a file may have.</exception>
    public static string ReadName(ReadOnlySpan<byte> payload)
    {
        MessagePackReader reader = new(payload, MessagePackReader.LargestMaxDepth);
        return ReadName(ref reader);
    }

    /// <summary>Takes a record apart: the file as it is from there on, or null, and what is to be done for it.</summary>
    public static (StoredFile? File, FilePublication Publication) Read(in LogRecord record)
    {
        MessagePackReader reader = new(record.Payload, MessagePackReader.LargestMaxDepth);
        string name = ReadName(ref reader);
        if (record.Type == Delete)
            return (null, new FilePublication(record.Lsn, name, null));
        (string staged, long length, uint crc) = ReadContent(ref reader);
        StoredFile file = new(name, length, crc, record.Lsn, record.Timestamp);
        return (file, new FilePublication(record.Lsn, name, staged));
    }

    /// <summary>What a write says of the content: where it is staged, its size and its CRC-32C.</summary>
    public static (string Staged, long Length, uint Crc) ReadContent(ref MessagePackReader reader) =>
        (ReadStaged(ref reader), reader.ReadInt64(), (uint)reader.ReadInt64());

    public static string ReadName(ref MessagePackReader reader)
    {
        string name = reader.ReadString();
        return FileNames.IsAllowed(name) ? name : throw new MalformedDataException("A name that a file of the store may have was expected.", reader.Position);
    }

    public static string ReadStaged(ref MessagePackReader reader)
    {
        string name = reader.ReadString();
        return FileNames.IsStaged(name) ? name : throw new MalformedDataException("A name that staged content has was expected.", reader.Position);
    }
}
