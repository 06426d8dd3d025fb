using System.Collections.Immutable;
using Persistence.CrashKit.Simulation;
using Persistence.Entities;
using Persistence.Storage.Simulated;

namespace Persistence.CrashKit.Entities.Model;

/// <summary>
/// What one writer's own entities and tables have to be. It is made of what operations say they do, by the format's description and by nothing of the engine; or read from what a store was found to hold and judged to hold rightly. It never
/// changes; a change makes another one (<see cref="ModelChanges"/>).
/// </summary>
/// <param name="Writer">Whose they are.</param>
internal sealed record WriterModel(int Writer)
{
    /// <summary>Its own tables, by their keys.</summary>
    public ImmutableSortedDictionary<string, ModelTable> Tables { get; init; } = ImmutableSortedDictionary.Create<string, ModelTable>(StringComparer.Ordinal);

    /// <summary>Its entities, by their places.</summary>
    public ImmutableSortedDictionary<int, ModelEntity> Entities { get; init; } = ImmutableSortedDictionary<int, ModelEntity>.Empty;

    /// <summary>The ids it has used.</summary>
    public Ledger Ledger { get; init; } = Ledger.Empty;

    /// <summary>All of it, as items.</summary>
    public IEnumerable<KeyValuePair<string, string>> Items
    {
        get
        {
            if (Ledger.IsThere)
                yield return KeyValuePair.Create(EntityKeys.Ledger(Writer), Ledger.ToString());
            foreach ((string key, ModelTable table) in Tables)
                yield return KeyValuePair.Create(EntityKeys.Schema(Writer, key), table.ToString());
            foreach (ModelEntity entity in Entities.Values)
            {
                foreach ((string table, ModelComponent component) in entity.Components)
                    yield return KeyValuePair.Create(EntityKeys.Component(Writer, entity.Id, table), TableOf(table).Describe(component));
            }
        }
    }

    /// <summary>All of it as a number: equal for what is equal.</summary>
    public ulong Digest
    {
        get
        {
            ulong digest = 0;
            foreach ((string key, string text) in Items)
                digest += FoundContents.Digest(key, Mixing.Hash(text));
            return digest;
        }
    }

    /// <summary>A table of its own, or one that all writers use.</summary>
    public ModelTable TableOf(string key) => CommonTables.Models.TryGetValue(key, out ModelTable? common) ? common : Tables[key];

    /// <summary>What was found of a writer's own.</summary>
    /// <param name="writer">Whose it is.</param>
    /// <param name="items">All items of entities, other writers' among them, by their keys.</param>
    public static WriterModel Read(int writer, IReadOnlyDictionary<string, string> items)
    {
        string prefix = EntityKeys.PrefixOf(writer);
        Ledger ledger = items.TryGetValue(EntityKeys.Ledger(writer), out string? text) ? Ledger.Parse(text) : Ledger.Empty;
        WriterModel model = new(writer)
        {
            Ledger = ledger,
            Tables = WithPrefix(items, EntityKeys.SchemaPrefix(writer)).ToImmutableSortedDictionary(static item => item.End, static item => ModelTable.Parse(item.Text), StringComparer.Ordinal),
            Entities = ledger.Entries.Where(static entry => entry is { Place: not Ledger.OwnPlace, Fate: LedgerEntry.Alive }).ToImmutableSortedDictionary(static entry => entry.Place, static entry => new ModelEntity(entry.Id)),
        };
        foreach ((string rest, string component) in WithPrefix(items, prefix).Where(static item => char.IsAsciiDigit(item.End[0])))
            model = model.AddComponent(rest, component);
        return model;
    }

    private WriterModel AddComponent(string rest, string text)
    {
        int slash = rest.IndexOf('/', StringComparison.Ordinal);
        EntityId id = EntityId.Parse(rest.AsSpan(0, slash), null);
        string table = rest[(slash + 1)..];
        (int place, ModelEntity entity) = Entities.First(one => one.Value.Id == id);
        return this with { Entities = Entities.SetItem(place, entity.With(table, TableOf(table).Read(text))) };
    }

    private static IEnumerable<(string End, string Text)> WithPrefix(IReadOnlyDictionary<string, string> items, string prefix) =>
        items.Where(item => item.Key.StartsWith(prefix, StringComparison.Ordinal)).Select(item => (item.Key[prefix.Length..], item.Value));
}
