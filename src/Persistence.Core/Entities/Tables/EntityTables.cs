using System.Collections.Immutable;

namespace Persistence.Entities;

/// <summary>All tables as one schema shows them. It never changes; its rows do.</summary>
internal sealed class EntityTables
{
    private readonly ImmutableSortedDictionary<int, TableView> _views;

    private EntityTables(EntitySchema schema, ImmutableSortedDictionary<int, TableView> views)
    {
        Schema = schema;
        _views = views;
    }

    /// <summary>No tables.</summary>
    public static EntityTables Empty { get; } = new(EntitySchema.Empty, ImmutableSortedDictionary<int, TableView>.Empty);

    /// <summary>What they are.</summary>
    public EntitySchema Schema { get; }

    /// <summary>All of them, by their numbers.</summary>
    public IEnumerable<TableView> Views => _views.Values;

    /// <summary>The table of a number; null when there is none.</summary>
    public TableView? Find(int table) => _views.GetValueOrDefault(table);

    /// <summary>The table of a number that is there.</summary>
    public TableView this[int table] => _views[table];

    /// <summary>The same rows under another schema: tables it has not any more are gone, those that are new are empty.</summary>
    public EntityTables With(EntitySchema schema)
    {
        ImmutableSortedDictionary<int, TableView>.Builder views = _views.ToBuilder();
        views.RemoveRange(_views.Keys.Where(number => !schema.Tables.ContainsKey(number)));
        foreach (TableSchema table in schema.Tables.Values)
        {
            if (!views.TryGetValue(table.Number, out TableView? view))
                views.Add(table.Number, TableView.Create(table));
            else if (!ReferenceEquals(view.Schema, table))
                views[table.Number] = view.With(table);
        }

        return new EntityTables(schema, views.ToImmutable());
    }
}
