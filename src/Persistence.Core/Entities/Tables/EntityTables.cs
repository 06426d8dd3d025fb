using System.Collections.Immutable;

namespace Persistence.Entities;

/// <summary>All tables as one schema shows them. It never changes; its rows do.</summary>
internal sealed class EntityTables
{
    private EntityTables(EntitySchema schema, ImmutableArray<TableView> views)
    {
        Schema = schema;
        Views = views;
    }

    /// <summary>No tables.</summary>
    public static EntityTables Empty { get; } = new(EntitySchema.Empty, []);

    /// <summary>What they are.</summary>
    public EntitySchema Schema { get; }

    /// <summary>All of them, in the order of their numbers.</summary>
    public ImmutableArray<TableView> Views { get; }

    /// <summary>The table of a number; null when there is none.</summary>
    public TableView? Find(int table)
    {
        int low = 0;
        for (int high = Views.Length; low < high;)
        {
            int middle = (low + high) >>> 1;
            if (Views[middle].Schema.Number < table)
                low = middle + 1;
            else
                high = middle;
        }

        return low < Views.Length && Views[low].Schema.Number == table ? Views[low] : null;
    }

    /// <summary>The table of a number that is there.</summary>
    public TableView this[int table] => Find(table) ?? throw new ArgumentOutOfRangeException(nameof(table));

    /// <summary>The same rows under another schema: tables it has not any more are gone, those that are new are empty.</summary>
    public EntityTables With(EntitySchema schema) => new(schema, [.. schema.Tables.Values.Select(ViewOf)]);

    private TableView ViewOf(TableSchema table)
    {
        TableView? view = Find(table.Number);
        if (view is null)
            return TableView.Create(table);
        return ReferenceEquals(view.Schema, table) ? view : view.With(table);
    }
}
