namespace Persistence.CrashKit.Corruption;

/// <summary>What a corruption exploration covers.</summary>
internal sealed record CorruptionOptions
{
    /// <summary>Where everything random comes from.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>The workloads, taken in turns.</summary>
    public IReadOnlyList<string> Workloads { get; init; } = Worker.Workloads.OfItems;

    /// <summary>The stores to be damaged.</summary>
    public IReadOnlyList<StoreShape> Shapes { get; init; } = StoreShape.All;

    /// <summary>Into how many pieces the damage of each store is divided.</summary>
    public int Parts { get; init; } = 10;
}
