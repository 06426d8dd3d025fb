using Persistence.KeyValue;
using Persistence.State;
using Persistence.Wal;

namespace PersistenceModule;

/// <summary>Commits single entries and describes them as the log holds them.</summary>
internal readonly struct EntryWriter(WalStore store)
{
    /// <summary>Writes a state item. Durable on return as the store's mode promises.</summary>
    /// <returns>The entry if it is wanted, else null.</returns>
    public WalEntry? Set(string key, object? value, bool wantsEntry)
    {
        KeyRules.Require(key);
        if (wantsEntry)
            return Change(key, ValueCodec.Encode(value).ToArray());
        Set(key, value);
        return null;
    }

    /// <summary>Writes a state item.</summary>
    public CommitResult Set(string key, object? value)
    {
        KeyRules.Require(key);
        using WalStore.SharedCommit commit = store.EnterCommit();
        return store.State.Set(key, ValueCodec.Encode(value));
    }

    /// <summary>Deletes a key, which need not be there.</summary>
    public WalEntry? Delete(string key, bool wantsEntry)
    {
        KeyRules.Require(key);
        if (wantsEntry)
            return Change(key, null);
        using WalStore.SharedCommit commit = store.EnterCommit();
        store.State.Delete(key);
        return null;
    }

    /// <summary>Appends an application record.</summary>
    public WalEntry? Append(string type, object? value, bool wantsEntry)
    {
        ReadOnlySpan<byte> bytes = ValueCodec.Encode(value);
        CommitResult result = store.Engine.AppendRecord(type, bytes);
        store.RememberType(type);
        if (!wantsEntry)
            return null;
        return new WalEntry
        {
            Lsn = result.First.Value,
            Time = Time(result),
            Kind = WalEntryKind.Record,
            Type = type,
            Value = ValueCodec.Decode(bytes),
            IsDurable = IsDurable(result),
        };
    }

    /// <summary>The entries of a commit, from the log.</summary>
    public static IEnumerable<WalEntry> ReadBack(WalStore store, long first, long end)
    {
        foreach (LogEntry record in store.Engine.ReadLog(new Lsn(first)))
        {
            if (record.Lsn.Value >= end)
                yield break;
            yield return WalEntryReader.Read(record, WalEntryFilter.Everything)!;
        }
    }

    private WalEntry Change(string key, byte[]? value)
    {
        CommitResult result = store.CommitReturningPrevious(key, value, out KeyValueItem? previous);
        return new WalEntry
        {
            Lsn = result.First.Value,
            Time = Time(result),
            Kind = value is null ? WalEntryKind.StateItemRemoved : WalEntryKind.StateItemSet,
            Key = key,
            Value = value is null ? null : ValueCodec.Decode(value),
            PreviousValue = previous is null ? null : ValueCodec.Decode(previous.Value.Span),
            HadPrevious = previous is not null,
            IsDurable = IsDurable(result),
        };
    }

    private bool IsDurable(CommitResult result) => store.Engine.DurableLsn >= result.End;

    private static DateTimeOffset Time(CommitResult result) => Timestamps.ToInstant(result.Timestamp).ToLocalTime();
}
