using Persistence.CrashKit.Worker;
using Persistence.Diagnostics;
using Persistence.Engine;
using Persistence.KeyValue;
using Persistence.Recovery;
using Persistence.Storage.Simulated;

namespace Persistence.CrashKit.Corruption;

/// <summary>What a store that was opened holds, reduced to numbers, and what it says about it.</summary>
internal sealed class FoundState
{
    /// <summary>As <see cref="LogHistory.ItemsAfter"/> has it.</summary>
    public ulong Items { get; private set; }

    /// <summary>The application records and where they begin.</summary>
    public List<(long Lsn, ulong Value)> Records { get; } = [];

    /// <summary>Why the log could not be read to its end, or null.</summary>
    public StoreException? LogRefusal { get; private set; }

    public required RecoveryReport Report { get; init; }

    public static FoundState Of(PersistenceStore store, KeyValueState keyValue)
    {
        FoundState found = new() { Report = store.RecoveryReport };
        foreach (KeyValueItem item in keyValue.FindByPrefix())
            found.Items += LogHistory.Digest(item.Key, item.Value.Span, item.Lsn.Value, (item.Timestamp - DateTimeOffset.UnixEpoch).Ticks);
        try
        {
            foreach ((long, ulong) record in RecordReader.Read(store, static (entry, value) => (entry.Lsn.Value, Mixing.Hash(value))))
                found.Records.Add(record);
        }
        catch (StoreException e)
        {
            found.LogRefusal = e;
        }

        return found;
    }
}
