using System.Collections;
using System.Collections.Immutable;

namespace Persistence.Entities;

/// <summary>
/// The entities that are wanted, in no order. Each time it is gone through it reads the state of one moment, a few entities at a time: neither does it keep writers waiting, nor do they change what it
/// shows. Until it has been gone through, or given up, what is replaced meanwhile stays in memory for it. It never changes; its methods make others.
/// </summary>
public sealed class EntityQuery : IEnumerable<Entity>
{
    private readonly EntityReader _reader;

    internal EntityQuery(EntityReader reader) => _reader = reader;

    private EntityQuery(EntityQuery other)
    {
        _reader = other._reader;
        Tables = other.Tables;
        Excluded = other.Excluded;
        ReadTables = other.ReadTables;
        Tests = other.Tests;
    }

    private ImmutableArray<string> Tables { get; init; } = [];

    private ImmutableArray<string> Excluded { get; init; } = [];

    private ImmutableArray<string> ReadTables { get; init; }

    private ImmutableArray<(string Table, string Field, FieldTest Test, object? Operand, bool IgnoresCase)> Tests { get; init; } = [];

    /// <summary>Those that have a component of each of some tables too.</summary>
    public EntityQuery With(params string[] tables) => new(this) { Tables = Tables.AddRange(tables) };

    /// <summary>Those that have a component of none of some tables.</summary>
    public EntityQuery Without(params string[] tables) => new(this) { Excluded = Excluded.AddRange(tables) };

    /// <summary>Those that have a component of a table, a field of which passes a test.</summary>
    /// <param name="table">The table's name.</param>
    /// <param name="field">The field's name.</param>
    /// <param name="test">What is asked of its value. What is null, or none, or not a number, is neither before nor after anything; texts are compared character by character.</param>
    /// <param name="operand">With what: of the field's type, or what means the same.</param>
    /// <param name="ignoreCase">Whether letters of texts are the same in whatever case.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such test.</exception>
    public EntityQuery Where(string table, string field, FieldTest test, object? operand, bool ignoreCase = false) =>
        Enum.IsDefined(test) ? new(this) { Tests = Tests.Add((table, field, test, operand, ignoreCase)) } : throw new ArgumentOutOfRangeException(nameof(test));

    /// <summary>Only the components of some tables are read: not those that nobody looks at.</summary>
    public EntityQuery Read(params string[] tables)
    {
        ArgumentNullException.ThrowIfNull(tables);
        return new(this) { ReadTables = [.. tables] };
    }

    /// <summary>Goes through them.</summary>
    /// <exception cref="Diagnostics.StoreException">TableNotFound, FieldNotFound; ComponentTypeMismatch: an operand is none of its field's type, or a test none of it. When the first is asked for.</exception>
    public IEnumerator<Entity> GetEnumerator() => _reader.Select(Resolve).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private EntitySelection Resolve(EntitySchema schema) => new()
    {
        With = [.. Tables.Concat(Tests.Select(static test => test.Table)).Select(table => schema.Get(table).Number).Distinct()],
        Without = [.. Excluded.Select(table => schema.Get(table).Number)],
        Filters = [.. Tests.Select(test => FieldFilter.Create(schema.Get(test.Table), test.Field, test.Test, test.Operand, test.IgnoresCase))],
        Read = ReadTables.IsDefault ? default : [.. ReadTables.Select(table => schema.Get(table).Number)],
    };
}
