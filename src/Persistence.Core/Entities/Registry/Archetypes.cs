using System.Collections.Immutable;

namespace Persistence.Entities;

/// <summary>The sets of tables that entities have components of, each with a number from 1 up; 1 is the empty one. Not thread-safe.</summary>
internal sealed class Archetypes
{
    /// <summary>No components.</summary>
    public const int Empty = 1;

    private readonly List<ImmutableArray<int>> _tables = [default, []];

    // By archetype and table (KeyOf): the archetype that comes of it.
    private readonly Dictionary<long, int> _with = [];
    private readonly Dictionary<long, int> _without = [];

    private readonly Dictionary<string, int> _bySet = new(StringComparer.Ordinal) { [""] = Empty };

    /// <summary>The largest number.</summary>
    public int Count => _tables.Count - 1;

    /// <summary>The tables of an archetype, in order.</summary>
    public ImmutableArray<int> TablesOf(int archetype) => _tables[archetype];

    /// <summary>Whether an archetype has a table.</summary>
    public bool Has(int archetype, int table) => archetype != EntityRegistry.NoArchetype && _tables[archetype].BinarySearch(table) >= 0;

    /// <summary>The archetype that has one more table.</summary>
    public int With(int archetype, int table) => Find(_with, archetype, table, static (tables, one) => tables.Contains(one) ? tables : tables.Add(one).Sort());

    /// <summary>The archetype that has a table less.</summary>
    public int Without(int archetype, int table) => Find(_without, archetype, table, static (tables, one) => tables.Remove(one));

    /// <summary>The archetype of a set of tables.</summary>
    /// <param name="tables">In any order.</param>
    public int Of(IEnumerable<int> tables) => tables.Aggregate(Empty, With);

    /// <summary>Forgets all but the empty one.</summary>
    public void Clear()
    {
        _tables.RemoveRange(Empty + 1, _tables.Count - Empty - 1);
        _with.Clear();
        _without.Clear();
        _bySet.Clear();
        _bySet.Add("", Empty);
    }

    private int Find(Dictionary<long, int> known, int archetype, int table, Func<ImmutableArray<int>, int, ImmutableArray<int>> change)
    {
        if (known.TryGetValue(KeyOf(archetype, table), out int found))
            return found;
        ImmutableArray<int> tables = change(_tables[archetype], table);
        string key = string.Join(',', tables);
        if (!_bySet.TryGetValue(key, out int number))
        {
            number = _tables.Count;
            _tables.Add(tables);
            _bySet.Add(key, number);
        }

        known.Add(KeyOf(archetype, table), number);
        return number;
    }

    private static long KeyOf(int archetype, int table) => ((long)archetype << 32) | (uint)table;
}
