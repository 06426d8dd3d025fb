using Persistence.Configuration;
using Persistence.Storage.Simulated;

namespace Persistence.CrashKit.PowerLoss;

/// <summary>What a power-loss exploration covers.</summary>
internal sealed record PowerLossOptions
{
    /// <summary>Where everything random comes from.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>The workloads, taken in turns.</summary>
    public IReadOnlyList<string> Workloads { get; init; } = Worker.Workloads.Names;

    /// <summary>What the disk promises: each is explored.</summary>
    public IReadOnlyList<CrashProfile> Profiles { get; init; } = [.. CrashProfile.All.Where(profile => profile.LostSyncs == 0)];

    /// <summary>When a commit is promised; null: all, in turns.</summary>
    public DurabilityMode? Durability { get; init; }

    /// <summary>Operations of a run, all writers together.</summary>
    public int Operations { get; init; } = 40;

    /// <summary>The tiers explored of a run that began on an empty disk; after a recovery it is always all.</summary>
    public IReadOnlyList<int> Tiers { get; init; } = [.. Enumerable.Range(0, CrashStateEnumerator.Tiers)];

    /// <summary>States of the unbounded tiers (T5, T6) tried for each run and profile.</summary>
    public int SampledMax { get; init; } = 2000;

    /// <summary>Whether each run is repeated with other processes beside it.</summary>
    public bool WithNeighbours { get; init; } = true;

    /// <summary>How many states of each run and profile are recovered, written to again and cut again.</summary>
    public int ContinuedMax { get; init; } = 3;
}
