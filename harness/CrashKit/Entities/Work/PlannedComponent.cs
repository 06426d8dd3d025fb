using System.Collections.Immutable;

namespace Persistence.CrashKit.Entities.Work;

/// <summary>A component that an operation gives an entity.</summary>
/// <param name="Table">The key of its table.</param>
/// <param name="Values">Its values; what is not among them has its default, or, where it is changed, stays.</param>
internal sealed record PlannedComponent(string Table, ImmutableArray<PlannedValue> Values);
