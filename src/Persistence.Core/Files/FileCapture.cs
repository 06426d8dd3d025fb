using Persistence.Diagnostics;
using Persistence.Serialization;
using Persistence.State;

namespace Persistence.Files;

/// <summary>The files of one moment, and what was still to be done to the directory.</summary>
internal sealed class FileCapture(StoredFile[] files, FilePublication[] pending) : IStateCapture
{
    private const int FileFields = 5;
    private const int PublicationFields = 3;

    private int _next;

    public long Count => files.Length + pending.Length;

    public bool TryWriteNext(GrowableBuffer item)
    {
        int index = _next++;
        if (index >= Count)
            return false;
        if (index < files.Length)
            Write(item, files[index]);
        else
            Write(item, pending[index - files.Length]);
        return true;
    }

    /// <summary>Takes an item apart: a file, or something to be done.</summary>
    public static (StoredFile? File, FilePublication? Publication) Read(ReadOnlySpan<byte> item)
    {
        MessagePackReader reader = new(item, MessagePackReader.LargestMaxDepth);
        int fields = reader.ReadArrayHeader();
        if (fields < PublicationFields)
            throw new MalformedDataException("An item of the files has fewer than three fields.", reader.Position);
        string name = FileRecords.ReadName(ref reader);
        Lsn lsn = new(reader.ReadInt64());
        if (fields >= FileFields)
            return (new StoredFile(name, reader.ReadInt64(), (uint)reader.ReadInt64(), lsn, reader.ReadInt64()), null);
        string? staged = reader.TryReadNil() ? null : FileRecords.ReadStaged(ref reader);
        return (null, new FilePublication(lsn, name, staged));
    }

    private static void Write(GrowableBuffer item, StoredFile file)
    {
        MessagePackWriter writer = new(item);
        writer.WriteArrayHeader(FileFields);
        writer.WriteString(file.Name);
        writer.WriteInteger(file.Lsn.Value);
        writer.WriteInteger(file.Length);
        writer.WriteInteger(file.Crc);
        writer.WriteInteger(file.Timestamp100Ns);
    }

    private static void Write(GrowableBuffer item, FilePublication publication)
    {
        MessagePackWriter writer = new(item);
        writer.WriteArrayHeader(PublicationFields);
        writer.WriteString(publication.Name);
        writer.WriteInteger(publication.Lsn.Value);
        if (publication.Staged is string staged)
            writer.WriteString(staged);
        else
            writer.WriteNil();
    }
}
