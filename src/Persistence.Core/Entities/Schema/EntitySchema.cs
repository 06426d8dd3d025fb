using System.Collections.Immutable;
using Persistence.Diagnostics;

namespace Persistence.Entities;

/// <summary>All tables of a store. It never changes; a change makes another one.</summary>
public sealed record EntitySchema
{
    /// <summary>No tables.</summary>
    public static EntitySchema Empty { get; } = new();

    /// <summary>The tables, by their numbers.</summary>
    public ImmutableSortedDictionary<int, TableSchema> Tables { get; init; } = ImmutableSortedDictionary<int, TableSchema>.Empty;

    /// <summary>The number of the next table.</summary>
    internal int NextTable { get; init; } = 1;

    private ImmutableDictionary<string, int> Names { get; init; } = ImmutableDictionary.Create<string, int>(StringComparer.OrdinalIgnoreCase);

    /// <summary>The table of a name, whatever its case; null when there is none.</summary>
    public TableSchema? Find(string name) => Names.TryGetValue(name, out int number) ? Tables[number] : null;

    /// <summary>The table of a name, whatever its case.</summary>
    /// <exception cref="StoreException">TableNotFound.</exception>
    public TableSchema Get(string name) => Find(name) ?? throw new StoreException(StoreError.TableNotFound, $"There is no table '{name}'.");

    /// <summary>The table of a number.</summary>
    /// <exception cref="StoreException">TableNotFound.</exception>
    public TableSchema Get(int number) => Tables.GetValueOrDefault(number) ?? throw new StoreException(StoreError.TableNotFound, $"There is no table of number {number} (any more).");

    /// <summary>With one more table.</summary>
    /// <exception cref="StoreException">TableExists: of its name, or of its number.</exception>
    internal EntitySchema Add(TableSchema table)
    {
        RequireFree(table.Name, table.Number);
        if (table.Number < NextTable)
            throw new StoreException(StoreError.TableExists, $"There is, or was, a table of number {table.Number}.");
        return this with { Tables = Tables.Add(table.Number, table), Names = Names.Add(table.Name, table.Number), NextTable = table.Number + 1 };
    }

    /// <summary>With another schema of a table that is there.</summary>
    /// <exception cref="StoreException">TableNotFound; TableExists: another table has its name.</exception>
    internal EntitySchema Replace(TableSchema table)
    {
        TableSchema before = Get(table.Number);
        RequireFree(table.Name, table.Number);
        return this with { Tables = Tables.SetItem(table.Number, table), Names = Names.Remove(before.Name).Add(table.Name, table.Number) };
    }

    /// <summary>Without a table.</summary>
    /// <exception cref="StoreException">TableNotFound.</exception>
    internal EntitySchema Remove(int number) => this with { Names = Names.Remove(Get(number).Name), Tables = Tables.Remove(number) };

    private void RequireFree(string name, int own)
    {
        if (Names.TryGetValue(name, out int other) && other != own)
            throw new StoreException(StoreError.TableExists, $"There is a table '{Tables[other].Name}' already.");
    }
}
