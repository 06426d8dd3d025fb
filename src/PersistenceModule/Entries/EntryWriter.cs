using Persistence.KeyValue;
using Persistence.State;
using Persistence.Wal;

namespace PersistenceModule;

/// <summary>Commits single entries and describes them as the log holds them.</summary>
internal sealed class EntryWriter(WalStore store) : IEntryWriter
{
    /// <summary>Writes a state item. Durable on return as the store's mode promises; so are the others.</summary>
    public WalEntry? Set(string key, object? value, bool wantsEntry)
    {
        KeyRules.Require(key);
        if (wantsEntry)
            return Change(key, ValueCodec.Encode(value).ToArray());
        using WalStore.SharedCommit commit = store.EnterCommit();
        store.State.Set(key, ValueCodec.Encode(value));
        return null;
    }

    /// <inheritdoc/>
    public WalEntry? Delete(string key, bool wantsEntry)
    {
        KeyRules.Require(key);
        if (wantsEntry)
            return Change(key, null);
        using WalStore.SharedCommit commit = store.EnterCommit();
        store.State.Delete(key);
        return null;
    }

    /// <inheritdoc/>
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
            // Where it begins and ends is written down for a commit of several frames.
            if (record.Type.Model != StateModelId.Engine)
                yield return WalEntryReader.Read(record, WalEntryFilter.Everything, store.Entities.Schema)!;
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
