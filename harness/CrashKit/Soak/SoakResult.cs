using Persistence.CrashKit.Runs;

namespace Persistence.CrashKit.Soak;

/// <summary>What a soak did and found; also how it stands while it runs.</summary>
public sealed record SoakResult
{
    // In fewer it is left to chance what a store comes to.
    private const int UpkeepOperationsMin = 5000;

    /// <summary>What was asked for.</summary>
    public required SoakOptions Options { get; init; }

    /// <summary>The kills and what was judged.</summary>
    public required KillRunResult Run { get; init; }

    /// <summary>Operations acknowledged and judged.</summary>
    public long Operations { get; init; }

    /// <summary>Checkpoints among them: those the workload asked for. The store takes more by itself.</summary>
    public long Checkpoints { get; init; }

    /// <summary>How often the store was opened by a new worker and judged.</summary>
    public int Restarts { get; init; }

    /// <summary>How often a worker closed it before that.</summary>
    public int CleanStops { get; init; }

    /// <summary>How often the writers paused and the store was judged.</summary>
    public int Settlements { get; init; }

    /// <summary>Whether the run was told to end before its time.</summary>
    public bool WasInterrupted { get; init; }

    /// <summary>The most memory a worker ever had, in bytes.</summary>
    public long PeakBytes { get; init; }

    /// <summary>The most memory the harness ever had, in bytes.</summary>
    public long HarnessPeakBytes { get; init; }

    /// <summary>The most bytes the store's files ever were at a sample.</summary>
    public long DiskBytesMax { get; init; }

    /// <summary>Memory and disk over time.</summary>
    public IReadOnlyList<SoakSample> Samples { get; init; } = [];

    /// <summary>The last sample.</summary>
    public SoakSample Last => Samples.Count == 0 ? default : Samples[^1];

    /// <summary>Whether memory and disk are flat.</summary>
    public IReadOnlyList<Flatness> Flatness => FlatnessJudge.Judge(Options, Samples);

    /// <summary>What the run failed to test; nothing when it counts.</summary>
    public IReadOnlyList<string> VacuousBecause => [.. Run.VacuousBecause, .. FindMissing()];

    private IEnumerable<string> FindMissing()
    {
        if (Checkpoints == 0)
            yield return "no checkpoint was taken";
        if (Operations < UpkeepOperationsMin || !Options.Run.HasUpkeep)
            yield break;
        if (Run.Increments == 0)
            yield return "no increment was taken";
        if (Run.Compactions == 0)
            yield return "nothing was compacted";
        if (Run.ArchivedSegments == 0)
            yield return "no segment was archived";
    }

    /// <summary>The answer. One that was interrupted answers for what was done.</summary>
    public KillRunVerdict Verdict =>
        Run.Failures.Count > 0 || Flatness.Any(flatness => flatness.IsGrowing) ? KillRunVerdict.Convicted
        : Run.WhyItCouldNotRun is not null ? KillRunVerdict.CouldNotRun
        : VacuousBecause.Count > 0 ? KillRunVerdict.Vacuous
        : KillRunVerdict.Passed;
}
