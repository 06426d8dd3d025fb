namespace Persistence.Storage.Simulated;

/// <summary>What can be on the medium or missing by itself after a cut.</summary>
public enum MicroOperationKind
{
    /// <summary>The bytes of a write.</summary>
    Data,

    /// <summary>A new size: of a write beyond the end, a cut, an allocation.</summary>
    Size,

    /// <summary>A name that was added or replaced.</summary>
    AddName,

    /// <summary>A name that was removed.</summary>
    RemoveName,

    /// <summary>A rename inside one directory.</summary>
    RenameName,
}

/// <summary>A part of an operation that reaches the medium, or does not, independently of the other parts.</summary>
/// <param name="Operation">Which operation of the trace.</param>
/// <param name="Kind">Which part of it.</param>
/// <param name="Subject">The file or directory that changes.</param>
/// <param name="InOrder">Whether it reaches the medium after every earlier one that is in order, where the profile keeps an order.</param>
/// <param name="DurableAt">After this event it is on the medium for certain; <see cref="long.MaxValue"/>: never.</param>
/// <param name="GoneAt">After this event, unless it is durable, it will not reach the medium; <see cref="long.MaxValue"/>: never.</param>
public readonly record struct MicroOperation(int Operation, MicroOperationKind Kind, int Subject, bool InOrder, long DurableAt, long GoneAt)
{
    /// <summary>Whether it is a name or a size.</summary>
    public bool IsMetadata => Kind != MicroOperationKind.Data;
}
