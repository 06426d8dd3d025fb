using System.Globalization;
using Persistence.CrashKit.Entities;
using Persistence.CrashKit.Worker;
using Persistence.Engine;
using Persistence.KeyValue;
using Persistence.Storage.Simulated;

namespace Persistence.CrashKit.Simulation;

/// <summary>What a store holds, reduced to numbers: equal for equal bytes.</summary>
internal sealed class FoundContents
{
    private static readonly byte[] OwnPrefix = "writer-"u8.ToArray();

    public FoundContents(int writers) => Own = new ulong[writers];

    /// <summary>Of each writer's own items, added up: whatever the order.</summary>
    public ulong[] Own { get; }

    /// <summary>The value of each key that writers share.</summary>
    public Dictionary<string, ulong> Shared { get; } = new(StringComparer.Ordinal);

    /// <summary>Each writer's own items by key; only where asked for.</summary>
    public Dictionary<string, ulong>? Items { get; init; }

    /// <summary>What entities and tables of writers' own are, by key.</summary>
    public Dictionary<string, string> Texts { get; init; } = new(StringComparer.Ordinal);

    /// <summary>Whether <see cref="Records"/> was asked for.</summary>
    public bool HasRecords { get; private init; } = true;

    /// <summary>The application records, oldest first.</summary>
    public List<ulong> Records { get; } = [];

    /// <summary>An empty store.</summary>
    public static FoundContents Nothing(int writers) => new(writers) { Items = new(StringComparer.Ordinal) };

    /// <summary>The same, as if its records had not been asked for.</summary>
    public FoundContents WithoutRecords()
    {
        FoundContents items = new(Own.Length) { HasRecords = false, Items = Items, Texts = Texts };
        Own.CopyTo(items.Own, 0);
        foreach ((string key, ulong value) in Shared)
            items.Shared.Add(key, value);
        return items;
    }

    /// <summary>Of an open store.</summary>
    /// <param name="store">The store.</param>
    /// <param name="states">Its items and files.</param>
    /// <param name="writers">How many writers may have written.</param>
    /// <param name="withItems">Whether to list the items too.</param>
    public static FoundContents Of(PersistenceStore store, WorkloadStates states, int writers, bool withItems = false)
    {
        FoundContents found = new(writers) { Items = withItems ? new(StringComparer.Ordinal) : null };
        found.AddAll(states);
        found.Records.AddRange(RecordReader.Read(store, static (_, value) => Mixing.Hash(value)));
        return found;
    }

    /// <summary>Of a state in memory alone: no records.</summary>
    public static FoundContents OfItems(WorkloadStates states, int writers)
    {
        FoundContents found = new(writers) { HasRecords = false, Items = new(StringComparer.Ordinal) };
        found.AddAll(states);
        return found;
    }

    /// <summary>One item's share of its writer's sum.</summary>
    public static ulong Digest(string key, ulong value) => Mixing.Mix(Mixing.Hash(key), value);

    /// <summary>Whose own key it is, or null.</summary>
    public static int? OwnerOf(string key)
    {
        int slash = key.IndexOf('/', StringComparison.Ordinal);
        return key.StartsWith("writer-", StringComparison.Ordinal) && slash > 0
            ? int.Parse(key.AsSpan(OwnPrefix.Length, slash - OwnPrefix.Length), CultureInfo.InvariantCulture)
            : null;
    }

    private void AddAll(WorkloadStates states)
    {
        foreach (KeyValueItem item in states.KeyValue.FindByPrefix())
            Add(item.Key, Mixing.Hash(item.Value.Span));
        foreach ((string key, byte[] content) in states.ReadFiles())
            Add(key, Mixing.Hash(content));
        foreach (EntityItem item in states.ReadEntities())
            Add(item);
    }

    /// <summary>A tag is what an operation has written, as the value of an item is.</summary>
    private void Add(EntityItem item)
    {
        if (item.IsTag)
        {
            Shared[item.Key] = Mixing.Hash(ValueText.Encode(item.Text));
        }
        else if (OwnerOf(item.Key) is int writer && writer < Own.Length)
        {
            Own[writer] += Digest(item.Key, Mixing.Hash(item.Text));
            Texts[item.Key] = item.Text;
        }
        else
        {
            Shared[item.Key] = Mixing.Hash(item.Text);
        }
    }

    private void Add(string key, ulong value)
    {
        if (OwnerOf(key) is int writer && writer < Own.Length)
        {
            Own[writer] += Digest(key, value);
            Items?.Add(key, value);
        }
        else
        {
            Shared.Add(key, value);
        }
    }
}
