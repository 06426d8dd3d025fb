using System.Collections.Immutable;
using Persistence.Diagnostics;

namespace Persistence.Entities;

/// <summary>A table: what a component of its name is made of. It never changes; a change of the schema makes another one, of the next version.</summary>
public sealed record TableSchema
{
    /// <summary>Its number in the store, from 1 up: never used again.</summary>
    public required int Number { get; init; }

    /// <summary>Its name, which no other table has, whatever its case.</summary>
    public required string Name { get; init; }

    /// <summary>How often its schema was changed, and 1.</summary>
    public int Version { get; init; } = 1;

    /// <summary>Its fields, in the order of their numbers.</summary>
    public ImmutableArray<FieldSchema> Fields { get; init; } = [];

    /// <summary>The number of the next field.</summary>
    internal int NextField { get; init; } = 1;

    /// <summary>The field of a name, whatever its case; null when there is none.</summary>
    public FieldSchema? FindField(string name) => Fields.FirstOrDefault(field => string.Equals(field.Name, name, StringComparison.OrdinalIgnoreCase));

    /// <summary>The field of a name, whatever its case.</summary>
    /// <exception cref="StoreException">FieldNotFound.</exception>
    public FieldSchema GetField(string name) =>
        FindField(name) ?? throw new StoreException(StoreError.FieldNotFound, $"The table '{Name}' has no field '{name}'. It has {Describe()}.");

    /// <summary>The place of a field among the others; -1 when there is none of that number (any more).</summary>
    internal int IndexOf(int number)
    {
        // They are in order, and there are few.
        for (int i = 0; i < Fields.Length; i++)
        {
            if (Fields[i].Number == number)
                return i;
        }

        return -1;
    }

    private string Describe() => Fields.IsEmpty ? "none" : string.Join(", ", Fields.Select(static field => $"'{field.Name}'"));
}
