using Persistence.State;

namespace Persistence.Wal;

/// <summary>Of entries in the order of the log those that count: what belongs to a transaction of several frames waits for its commit, and is left out where there is none.</summary>
internal static class CommittedEntries
{
    public static IEnumerable<LogEntry> Of(IEnumerable<LogEntry> entries)
    {
        // Nothing else comes between the records of one, so that waiting changes no order.
        List<LogEntry> waiting = [];
        foreach (LogEntry entry in entries)
        {
            if (waiting.Count > 0 && waiting[0].TransactionId != entry.TransactionId)
                waiting.Clear();
            if ((entry.Flags & RecordFlags.Deferred) != 0)
            {
                waiting.Add(entry);
                continue;
            }

            if (entry.Type != RecordType.TransactionAbort)
            {
                foreach (LogEntry committed in waiting)
                    yield return committed;
            }

            waiting.Clear();
            yield return entry;
        }
    }
}
