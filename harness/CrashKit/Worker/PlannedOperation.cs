using Persistence.CrashKit.Entities;
using Persistence.CrashKit.Entities.Work;
using Persistence.CrashKit.Oracle;

namespace Persistence.CrashKit.Worker;

/// <summary>An operation a worker is about to carry out.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Writes">Its writes, with the whole text of the values.</param>
/// <param name="Record">The whole text of the application record, or null.</param>
/// <param name="IsAsync">Whether it is committed without blocking on the flush.</param>
/// <param name="AsksForSync">Whether it asks for a flush whatever the store's mode.</param>
internal sealed record PlannedOperation(
    OperationKind Kind, IReadOnlyList<KeyWrite> Writes, string? Record = null, bool IsAsync = false, bool AsksForSync = false)
{
    /// <summary>Of a transaction: what is written in it and rolled back.</summary>
    public IReadOnlyList<KeyWrite> Undone { get; init; } = [];

    /// <summary>What it does to its writer's own entities and tables, or null. What it does to shared entities is among its writes.</summary>
    public EntityOperation? Entities { get; init; }

    /// <summary>Whether something is to be seen of it afterwards.</summary>
    public bool ChangesState => Writes.Count > 0 || Record is not null || (Entities is not null && Kind != OperationKind.Rollback);

    /// <summary>Its writes of items and files.</summary>
    public IReadOnlyList<KeyWrite> ItemWrites => Entities is null ? Writes : [.. Writes.Where(static write => !EntityKeys.Is(write.Key))];

    /// <summary>Whether files are among its writes.</summary>
    public bool WritesFiles => Writes.Any(static write => WorkloadStates.FileName(write.Key) is not null);

    /// <summary>The writes as they are said to the controller.</summary>
    public IReadOnlyList<KeyWrite> DescribeWrites() =>
        [.. Writes.Select(write => new KeyWrite(write.Key, write.Value is null ? null : ValueText.Describe(write.Value)))];

    /// <summary>The record as it is said to the controller.</summary>
    public string? DescribeRecord() => Record is null ? null : ValueText.Describe(Record);
}
