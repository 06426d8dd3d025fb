using System.Diagnostics.CodeAnalysis;
using Persistence.State;

namespace Persistence.Wal;

/// <summary>Of entries in the order of the log those that count: what belongs to a transaction of several frames waits for its commit, and is left out where there is none.</summary>
/// <param name="leftOut">Told of each entry that does not count, or null.</param>
internal sealed class CommittedEntries(Action<LogEntry>? leftOut = null)
{
    private readonly Queue<LogEntry> _ready = [];
    private readonly List<LogEntry> _waiting = [];

    /// <summary>The first entry that is here and was not taken, whether it counts or not; null for none.</summary>
    public Lsn? First => _ready.TryPeek(out LogEntry? ready) ? ready.Lsn : _waiting.Count > 0 ? _waiting[0].Lsn : null;

    /// <param name="entries">Entries in the order of the log.</param>
    /// <param name="leftOut">Told of each that does not count, those whose commit has not come by the end included; or null.</param>
    public static IEnumerable<LogEntry> Of(IEnumerable<LogEntry> entries, Action<LogEntry>? leftOut = null)
    {
        CommittedEntries committed = new(leftOut);
        foreach (LogEntry entry in entries)
        {
            if (committed._waiting.Count == 0 && !IsDeferred(entry))
            {
                yield return entry;
                continue;
            }

            committed.Add(entry);
            while (committed.TryTake(out LogEntry? taken))
                yield return taken;
        }

        committed.Forget();
    }

    /// <summary>The next entry of the log.</summary>
    public void Add(LogEntry entry)
    {
        // Nothing else comes between the records of one, so that waiting changes no order.
        if (_waiting.Count > 0 && _waiting[0].TransactionId != entry.TransactionId)
            Forget();
        if (IsDeferred(entry))
        {
            _waiting.Add(entry);
            return;
        }

        if (entry.Type == RecordType.TransactionAbort)
            Forget();
        // They are as durable as what makes them count.
        foreach (LogEntry waiting in _waiting)
            _ready.Enqueue(waiting.IsDurable == entry.IsDurable ? waiting : waiting with { IsDurable = entry.IsDurable });
        _waiting.Clear();
        _ready.Enqueue(entry);
    }

    /// <summary>Takes the next one that counts.</summary>
    public bool TryTake([NotNullWhen(true)] out LogEntry? entry) => _ready.TryDequeue(out entry);

    /// <summary>The commit of what waits will not come.</summary>
    public void Forget()
    {
        if (leftOut is not null)
            _waiting.ForEach(leftOut);
        _waiting.Clear();
    }

    private static bool IsDeferred(LogEntry entry) => (entry.Flags & RecordFlags.Deferred) != 0;
}
