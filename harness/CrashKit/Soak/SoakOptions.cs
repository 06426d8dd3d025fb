using Persistence.CrashKit.Runs;

namespace Persistence.CrashKit.Soak;

/// <summary>What a soak does: one store, written to for long.</summary>
public sealed record SoakOptions
{
    // Each run has some restarts, and none of them soon enough to keep a worker from growing old.
    private const int LivesPerRun = 8;
    private static readonly TimeSpan LifeMin = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LifeMax = TimeSpan.FromMinutes(20);

    /// <summary>The worker and its work, the directory and the seed. Of its limits none counts; there is one lane with one store.</summary>
    public required KillRunOptions Run { get; init; }

    /// <summary>For how long.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>How long a worker lives in the mean; the lives differ.</summary>
    public TimeSpan LifeMean
    {
        get => field != default ? field : Clamp(Duration / LivesPerRun);
        init;
    }

    /// <summary>The writers pause and the store is judged after so much time …</summary>
    public TimeSpan SettleEvery { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>… or so many operations: what is not judged yet is kept in memory.</summary>
    public int OperationsUnsettledMax { get; init; } = 20_000;

    /// <summary>How often memory and disk are measured; less often in runs so long that there would be too many samples.</summary>
    public TimeSpan SampleEvery { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>What counts as growing memory.</summary>
    public FlatnessRule Memory { get; init; } = new() { ToleranceBytes = 16L << 20 };

    /// <summary>What counts as a growing store.</summary>
    public FlatnessRule Disk { get; init; } = new() { ToleranceBytes = 4L << 20 };

    /// <summary>Makes the store keep its whole log: then it grows, which must be noticed.</summary>
    internal bool KeepsWholeLog { get; init; }

    /// <summary>Makes the store's archive keep everything: then that grows.</summary>
    internal bool KeepsWholeArchive { get; init; }

    private static TimeSpan Clamp(TimeSpan life) => life < LifeMin ? LifeMin : life > LifeMax ? LifeMax : life;
}
