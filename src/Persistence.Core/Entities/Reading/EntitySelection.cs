using System.Collections.Immutable;

namespace Persistence.Entities;

/// <summary>Which entities are wanted, and what of them; by the numbers of one schema.</summary>
internal sealed record EntitySelection
{
    /// <summary>All of them.</summary>
    public static EntitySelection All { get; } = new();

    /// <summary>Tables that they have a component of.</summary>
    public ImmutableArray<int> With { get; init; } = [];

    /// <summary>Tables that they have none of.</summary>
    public ImmutableArray<int> Without { get; init; } = [];

    /// <summary>Tests that they pass.</summary>
    public ImmutableArray<FieldFilter> Filters { get; init; } = [];

    /// <summary>Tables whose components are read; default: of all of them.</summary>
    public ImmutableArray<int> Read { get; init; }

    /// <summary>Whether the components of a table are read.</summary>
    public bool Reads(int table) => Read.IsDefault || Read.Contains(table);

    /// <summary>Whether an entity of a set of tables can be wanted.</summary>
    public bool Fits(Func<int, bool> has) => With.All(has) && !Without.Any(has);
}
