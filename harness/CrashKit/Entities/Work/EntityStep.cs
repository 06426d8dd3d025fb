using System.Collections.Immutable;

namespace Persistence.CrashKit.Entities.Work;

/// <summary>One change of a writer's own entities.</summary>
internal abstract record EntityStep
{
    /// <summary>An entity is created.</summary>
    /// <param name="Place">Where.</param>
    /// <param name="Components">With what.</param>
    internal sealed record Create(int Place, ImmutableArray<PlannedComponent> Components) : EntityStep;

    /// <summary>An entity is deleted.</summary>
    /// <param name="Place">Where.</param>
    internal sealed record Delete(int Place) : EntityStep;

    /// <summary>A component is added, set or changed.</summary>
    /// <param name="How">Which of these.</param>
    /// <param name="Place">Whose.</param>
    /// <param name="Component">What it is then.</param>
    internal sealed record Put(PutKind How, int Place, PlannedComponent Component) : EntityStep;

    /// <summary>A component is removed.</summary>
    /// <param name="Place">Whose.</param>
    /// <param name="Table">The key of its table.</param>
    internal sealed record Remove(int Place, string Table) : EntityStep;

    /// <summary>The ids that were created before it in the same operation are noted.</summary>
    /// <param name="Tag">The text that is written with them.</param>
    internal sealed record Note(string Tag) : EntityStep;
}

/// <summary>What is done with a component.</summary>
internal enum PutKind
{
    /// <summary>It was not there.</summary>
    Add,

    /// <summary>It may have been there; it is a new one.</summary>
    Set,

    /// <summary>Fields of it that are not named stay as they are.</summary>
    Change,
}
