using Persistence.Engine;
using Persistence.State;
using Persistence.Wal;

namespace Persistence.CrashKit.Worker;

/// <summary>The application records of a store's log, oldest first.</summary>
internal static class RecordReader
{
    /// <summary>Makes something of one record.</summary>
    public delegate T Conversion<out T>(LogEntry entry, ReadOnlySpan<byte> value);

    /// <summary>What is made of each.</summary>
    public static IEnumerable<T> Read<T>(PersistenceStore store, Conversion<T> convert)
    {
        foreach (LogEntry entry in store.ReadLog(Lsn.None, RecordType.ApplicationRecord))
        {
            ApplicationRecord.Read(entry.Payload.Span, out ReadOnlySpan<byte> value);
            yield return convert(entry, value);
        }
    }
}
