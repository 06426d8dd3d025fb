using Persistence.State;

namespace Persistence.Entities;

/// <summary>Goes through the entities as a snapshot shows them, a few at a time. Whoever calls it holds the state's lock.</summary>
/// <param name="data">The state.</param>
/// <param name="snapshot">The snapshot. It stays open meanwhile.</param>
/// <param name="selection">Which entities are wanted.</param>
internal sealed class EntityScan(EntityData data, Lsn snapshot, EntitySelection selection)
{
    private const int RowsPerPiece = 256;

    private readonly EntityTables _tables = data.TablesAt(snapshot);
    private readonly Dictionary<int, Shape> _shapes = [];
    private TableView? _driver;
    private int _next;
    private int _end;
    private bool _hasBegun;

    /// <summary>Finds the next few.</summary>
    /// <param name="found">They are added to it; perhaps none.</param>
    /// <returns>Whether there may be more.</returns>
    public bool ReadNext(List<Entity> found)
    {
        if (!_hasBegun)
            Begin();
        if (_driver is null)
            _next = data.Registry.NextHad(_next);
        int end = Math.Min(_end, _next + RowsPerPiece);
        for (; _next < end; _next++)
        {
            if (ReadAt(_driver is null ? _next : _driver.Rows.SlotOf(_next)) is Entity entity)
                found.Add(entity);
        }

        return _next < _end;
    }

    /// <summary>The entity of an id, with what is wanted of it.</summary>
    public Entity? Find(EntityId entity) => data.Exists(entity, snapshot) ? ReadAt(entity.Slot) : null;

    /// <summary>The entity of a slot, if it is wanted.</summary>
    public Entity? ReadAt(int slot)
    {
        if (slot < 0 || !data.Registry.TryRead(slot, snapshot, out EntityId id, out int archetype))
            return null;
        Shape shape = FindShape(archetype);
        return shape.Fits && PassesFilters(slot) ? Read(id, shape) : null;
    }

    /// <summary>Where the fewest have to be gone through. Whatever comes later is not shown.</summary>
    private void Begin()
    {
        _hasBegun = true;
        _driver = selection.With.Select(table => _tables[table]).MinBy(static view => view.Rows.Count);
        _end = _driver is null ? data.Registry.Slots : _driver.Rows.Count;
    }

    private bool PassesFilters(int slot)
    {
        foreach (FieldFilter filter in selection.Filters)
        {
            TableView view = _tables[filter.Table];
            if (!filter.IsMet(view.ReadField(view.Rows.Find(slot), filter.Field, snapshot)))
                return false;
        }

        return true;
    }

    private Entity Read(EntityId id, Shape shape)
    {
        Component[] components = new Component[shape.Read.Count];
        for (int i = 0; i < components.Length; i++)
            components[i] = new Component(shape.Read[i].Schema, shape.Read[i].Read(shape.Read[i].Rows.Find(id.Slot), snapshot)!);
        return new Entity(id, shape.Tables, components);
    }

    private Shape FindShape(int archetype)
    {
        if (_shapes.TryGetValue(archetype, out Shape? known))
            return known;
        // A table that was dropped is still in archetypes.
        TableView[] views = [.. data.Archetypes.TablesOf(archetype).Select(_tables.Find).OfType<TableView>()];
        Shape shape = new(
            selection.Fits(table => data.Archetypes.Has(archetype, table)),
            views.Select(static view => view.Schema.Name).ToArray(),
            views.Where(view => selection.Reads(view.Schema.Number)).ToArray());
        _shapes.Add(archetype, shape);
        return shape;
    }

    /// <summary>What entities of one archetype are.</summary>
    /// <param name="Fits">Whether they have the tables that are wanted, and none that is not.</param>
    /// <param name="Tables">The names of their tables.</param>
    /// <param name="Read">Of these the components are read.</param>
    private sealed record Shape(bool Fits, IReadOnlyList<string> Tables, IReadOnlyList<TableView> Read);
}
