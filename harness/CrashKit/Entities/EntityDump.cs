using System.Globalization;
using Persistence.CrashKit.Entities.Model;
using Persistence.Entities;

namespace Persistence.CrashKit.Entities;

/// <summary>
/// What a store shows of its entities and tables, as items: all of it, and whatever it says in two ways that do not go together. Whose an entity is the ledgers say; one that is in none is an item that nobody wrote.
/// </summary>
internal sealed class EntityDump
{
    private readonly EntityState _state;
    private readonly EntitySchema _schema;
    private readonly Dictionary<EntityId, Entity> _entities;
    private readonly Dictionary<EntityId, int> _writers = [];
    private readonly Dictionary<EntityId, int> _ledgers = [];
    private readonly Dictionary<int, string> _tables = [];
    private readonly List<(Component Ledger, int Writer)> _ledgersFound = [];
    private readonly List<EntityItem> _items = [];
    private Dictionary<int, int> _slots = [];

    private EntityDump(EntityState state)
    {
        _state = state;
        _schema = state.Schema;
        _entities = state.Query().ToDictionary(static entity => entity.Id);
    }

    /// <summary>All of it. Nobody changes the state meanwhile.</summary>
    public static IReadOnlyList<EntityItem> Read(EntityState state)
    {
        if (state.Count == 0 && state.Schema.Tables.IsEmpty)
            return [];
        EntityDump dump = new(state);
        dump.ReadTables();
        dump.ReadLedgers();
        dump.ReadEntities();
        dump._items.AddRange(EntityViews.FindContradictions(state, dump._schema, dump._entities));
        return dump._items;
    }

    private void ReadTables()
    {
        foreach (TableSchema table in _schema.Tables.Values)
        {
            string text = EntityTexts.OfTable(table);
            string key = table.Name;
            bool isCommon = CommonTables.Models.TryGetValue(table.Name, out ModelTable? common);
            if (isCommon && text != common!.ToString())
                AddWrong($"schema/{table.Name}", text);
            else if (!isCommon && TableNames.TryParse(table.Name, out int writer, out key))
                _items.Add(new EntityItem(EntityKeys.Schema(writer, key), text));
            else if (!isCommon)
                AddWrong($"table/{table.Name}", text);
            _tables[table.Number] = key;
        }
    }

    private void ReadLedgers()
    {
        foreach (Entity entity in _entities.Values.OrderBy(static entity => entity.Id))
        {
            if (entity.Find(CommonTables.Ledger) is not Component ledger)
                continue;
            int writer = (int)ledger[CommonTables.Writer]!;
            if (_ledgers.ContainsValue(writer))
                AddWrong($"ledger/{entity.Id}", "a writer has two");
            _ledgers[entity.Id] = writer;
            _ledgersFound.Add((ledger, writer));
        }

        IEnumerable<EntityId> used = _ledgersFound.SelectMany(static found => IdsOf(found.Ledger)).Select(static value => EntityId.TryFrom(value, out EntityId id) ? id : EntityId.None);
        int[] empty = [.. used.Where(id => !id.IsNone && !_entities.ContainsKey(id)).Select(static id => id.Slot)];
        _slots = SlotGenerations.Read(_state, empty.Except(_entities.Keys.Select(static id => id.Slot)));
        foreach (EntityId id in _entities.Keys)
            _slots[id.Slot] = id.Generation;
        foreach ((Component ledger, int writer) in _ledgersFound)
            _items.Add(new EntityItem(EntityKeys.Ledger(writer), Describe(ledger, writer)));
    }

    private static long[] IdsOf(Component ledger) => (long[]?)ledger[CommonTables.Ids] ?? [];

    private string Describe(Component ledger, int writer)
    {
        long[] ids = IdsOf(ledger);
        int[] places = (int[]?)ledger[CommonTables.Places] ?? [];
        List<string> text = [EntityTexts.Of(ledger[CommonTables.Tag])];
        for (int i = 0; i < Math.Min(ids.Length, places.Length); i++)
            text.Add(Describe(ids[i], places[i], writer));
        return string.Join(EntityTexts.Separator, text);
    }

    private string Describe(long value, int place, int writer)
    {
        if (!EntityId.TryFrom(value, out EntityId id))
            return string.Create(CultureInfo.InvariantCulture, $"{place}:{value}");
        _writers[id] = writer;
        char fate = _entities.ContainsKey(id) ? LedgerEntry.Alive : IsDead(id) ? LedgerEntry.Dead : LedgerEntry.Forgotten;
        return new LedgerEntry(place, id, fate).ToString();
    }

    /// <summary>A slot has another entity than that, a later one, or is free for one; or who wanted to have it came to grief.</summary>
    private bool IsDead(EntityId id) => !_slots.TryGetValue(id.Slot, out int generation) || generation > id.Generation;

    private void ReadEntities()
    {
        long sum = 0;
        HashSet<int> shared = [];
        foreach (Entity entity in _entities.Values)
        {
            if (entity.Find(CommonTables.Place) is Component place)
                sum += ReadShared(entity, (int)place[CommonTables.Number]!, shared);
            else if (_writers.TryGetValue(entity.Id, out int writer))
                ReadOwn(entity, writer);
            else if (!_ledgers.ContainsKey(entity.Id))
                AddWrong($"nobody/{entity.Id}", string.Join(',', entity.Tables));
        }

        if (sum != 0)
            AddWrong("sum", sum.ToString(CultureInfo.InvariantCulture));
    }

    private void ReadOwn(Entity entity, int writer)
    {
        foreach (Component component in entity.Components)
        {
            if (component.Table.Name != CommonTables.Ledger)
                _items.Add(new EntityItem(EntityKeys.Component(writer, entity.Id, _tables[component.Table.Number]), EntityTexts.OfComponent(component)));
        }
    }

    /// <returns>Its amount.</returns>
    private long ReadShared(Entity entity, int number, HashSet<int> seen)
    {
        if (!seen.Add(number))
            AddWrong($"twice/{entity.Id}", number.ToString(CultureInfo.InvariantCulture));
        long amount = 0;
        foreach (Component component in entity.Components)
        {
            string table = component.Table.Name;
            if (table == CommonTables.Balance)
                amount = (long)component[CommonTables.Amount]!;
            if (table == CommonTables.Owner)
                CheckOwner(number, component);
            if (table is CommonTables.Balance or CommonTables.Owner)
                _items.Add(new EntityItem(EntityKeys.Shared(number, table), (string?)component[CommonTables.Tag] ?? "", IsTag: true));
            else if (table != CommonTables.Place)
                AddWrong($"{entity.Id}/{table}", EntityTexts.OfComponent(component));
        }

        return amount;
    }

    /// <summary>It refers to the ledger of the writer whose tag it has.</summary>
    private void CheckOwner(int number, Component owner)
    {
        EntityId of = (EntityId)owner[CommonTables.Of]!;
        string tag = (string?)owner[CommonTables.Tag] ?? "";
        string[] parts = tag.Split('.');
        bool isRight = parts.Length > 1 && _ledgers.TryGetValue(of, out int writer) && parts[1] == writer.ToString(CultureInfo.InvariantCulture);
        if (!isRight)
            AddWrong(string.Create(CultureInfo.InvariantCulture, $"owner/{number}"), $"{of}, by {EntityTexts.Of(tag)}");
    }

    private void AddWrong(string what, string text) => _items.Add(new EntityItem(EntityKeys.Wrong(what), text));
}
