using Persistence.Diagnostics;
using Persistence.Serialization;

namespace Persistence.State;

/// <summary>The engine's records of transactions that take several frames; Wal/FORMAT.md §4.</summary>
internal static class TransactionRecords
{
    public const byte Version = 1;

    private const int AuditBytesMax = 1 << 20;

    /// <summary>A transaction begins.</summary>
    public static void AddBegin(CommandBatch batch)
    {
        new MessagePackWriter(batch.Begin()).WriteArrayHeader(0);
        batch.End(RecordType.TransactionBegin, Version);
    }

    /// <summary>A transaction of so many deferred records, the first of which says that it begins, is committed.</summary>
    public static void AddCommit(CommandBatch batch, long records)
    {
        MessagePackWriter writer = new(batch.Begin());
        writer.WriteArrayHeader(1);
        writer.WriteInteger(records);
        batch.End(RecordType.TransactionCommit, Version);
    }

    /// <summary>A transaction of which records are in the log is not committed.</summary>
    public static void AddAbort(CommandBatch batch)
    {
        new MessagePackWriter(batch.Begin()).WriteArrayHeader(0);
        batch.End(RecordType.TransactionAbort, Version);
    }

    /// <summary>A transaction was rolled back: [reason, [[type, version, payload] …]], the payloads of the first changes in full, and nil for what is more than <see cref="AuditBytesMax"/>.</summary>
    public static void AddRolledBack(CommandBatch batch, string reason, CommandBatch changes)
    {
        MessagePackWriter writer = new(batch.Begin());
        writer.WriteArrayHeader(2);
        writer.WriteString(reason);
        writer.WriteArrayHeader(changes.Count);
        long bytes = 0;
        for (int i = 0; i < changes.Count; i++)
        {
            CommandBatch.Command command = changes.GetCommand(i);
            bytes += command.Length;
            writer.WriteArrayHeader(3);
            writer.WriteInteger(command.Type.Value);
            writer.WriteInteger(command.Version);
            if (bytes <= AuditBytesMax)
                writer.WriteBinary(changes.GetPayload(i));
            else
                writer.WriteNil();
        }

        batch.End(RecordType.RolledBackTransaction, Version, RecordFlags.Skippable);
    }

    /// <summary>How many records a commit is of.</summary>
    public static long ReadCount(in LogRecord commit)
    {
        MessagePackReader reader = new(commit.Payload, MessagePackReader.LargestMaxDepth);
        return reader.ReadArrayHeader() >= 1 ? reader.ReadInt64() : throw new MalformedDataException("A commit has no number of records.", reader.Position);
    }
}
