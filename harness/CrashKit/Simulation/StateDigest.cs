using Persistence.CrashKit.Oracle;
using Persistence.CrashKit.Worker;
using Persistence.Engine;
using Persistence.KeyValue;
using Persistence.State;
using Persistence.Wal;

namespace Persistence.CrashKit.Simulation;

/// <summary>What a store holds, reduced to a number: equal for equal items and equal application records in equal order.</summary>
/// <param name="Items">Of the key-value items.</param>
/// <param name="Records">Of the application records.</param>
internal readonly record struct StateDigest(ulong Items, ulong Records)
{
    /// <summary>Of an open store.</summary>
    public static StateDigest Of(PersistenceStore store, KeyValueState keyValue)
    {
        ulong items = 0;
        foreach (KeyValueItem item in keyValue.FindByPrefix())
            items += OfItem(item.KeyUtf8, item.Value.Span);
        ulong records = 0;
        foreach (LogEntry entry in store.ReadLog())
        {
            if (entry.Type != RecordType.ApplicationRecord)
                continue;
            ApplicationRecord.Read(entry.Payload.Span, out ReadOnlySpan<byte> value);
            records = Append(records, value);
        }

        return new StateDigest(items, records);
    }

    /// <summary>One item's share.</summary>
    public static ulong OfItem(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value) => Hashing.Mix(Hashing.Of(key), Hashing.Of(value));

    /// <summary>The records so far and one more.</summary>
    public static ulong Append(ulong records, ReadOnlySpan<byte> value) => Hashing.Mix(records, Hashing.Of(value));
}
