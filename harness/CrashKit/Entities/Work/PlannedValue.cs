using System.Collections.Immutable;
using Persistence.Entities;

namespace Persistence.CrashKit.Entities.Work;

/// <summary>A value that an operation gives a field.</summary>
/// <param name="Field">The field's number.</param>
/// <param name="Name">The field's name.</param>
/// <param name="Value">The value, unless it refers to entities.</param>
internal sealed record PlannedValue(int Field, string Name, object? Value)
{
    /// <summary>The places of the entities that it refers to; default: none, it is a value.</summary>
    public ImmutableArray<int> Places { get; init; }

    /// <summary>Whether it refers to several.</summary>
    public bool IsArray { get; init; }

    /// <summary>What is written.</summary>
    /// <param name="find">The entity of a place.</param>
    public object? Resolve(Func<int, EntityId> find)
    {
        if (Places.IsDefault)
            return Value;
        if (IsArray)
            return Places.Select(find).ToArray();
        return Places.IsEmpty ? null : find(Places[0]);
    }

    /// <summary>What that is in words.</summary>
    public string Describe(Func<int, EntityId> find) => EntityTexts.Of(Resolve(find));
}
