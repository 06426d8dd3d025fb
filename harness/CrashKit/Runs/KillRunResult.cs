using Persistence.CrashKit.Oracle;
using Persistence.CrashKit.Protocol;

namespace Persistence.CrashKit.Runs;

/// <summary>What a kill run did and found; also how it stands while it runs.</summary>
public sealed record KillRunResult
{
    /// <summary>What was asked for.</summary>
    public required KillRunOptions Options { get; init; }

    /// <summary>How long it took.</summary>
    public TimeSpan Elapsed { get; init; }

    /// <summary>Processes killed.</summary>
    public int Kills { get; init; }

    /// <summary>Kills after which the store was opened again and judged.</summary>
    public int Verified { get; init; }

    /// <summary>Processes that ended otherwise than by the signal.</summary>
    public int UnexpectedExits { get; init; }

    /// <summary>Kills of processes that ran their workload; the others were creating or opening their store.</summary>
    public int KillsWhileRunning { get; init; }

    /// <summary>Those of them with operations in flight.</summary>
    public int KillsInFlight { get; init; }

    /// <summary>Openings of existing stores.</summary>
    public int Recoveries { get; init; }

    /// <summary>Those of them that replayed something.</summary>
    public int RecoveriesReplaying { get; init; }

    /// <summary>Log records replayed in all.</summary>
    public long RecordsReplayed { get; init; }

    /// <summary>Mean duration of an opening.</summary>
    public double RecoveryMsMean { get; init; }

    /// <summary>Times the controller read a store itself.</summary>
    public int Inspections { get; init; }

    /// <summary>Earlier states that were compared with what stores held then.</summary>
    public int PastStates { get; init; }

    /// <summary>Stores that were taken back to an earlier state and went on from there.</summary>
    public int GoneBack { get; init; }

    /// <summary>Transactions on lists in the longest history that was judged as one.</summary>
    public int Transactions { get; init; }

    /// <summary>Reasons for an order of them found in it.</summary>
    public int Dependencies { get; init; }

    /// <summary>Stores begun.</summary>
    public int Stores { get; init; }

    /// <summary>Those of them that archive what leaves their log.</summary>
    public int StoresArchiving { get; init; }

    /// <summary>Those of them with directories elsewhere.</summary>
    public int StoresElsewhere { get; init; }

    /// <summary>Increments that got their name.</summary>
    public int Increments { get; init; }

    /// <summary>Compactions that ended, asked for or due.</summary>
    public int Compactions { get; init; }

    /// <summary>Segments that got their name in an archive.</summary>
    public int ArchivedSegments { get; init; }

    /// <summary>Backups taken beside workers that were killed meanwhile, each restored and judged.</summary>
    public int Backups { get; init; }

    /// <summary>Those of them that build on another one.</summary>
    public int BackupIncrements { get; init; }

    /// <summary>How often each thing was done to entities.</summary>
    public IReadOnlyDictionary<string, int> EntityDeeds { get; init; } = new Dictionary<string, int>();

    /// <summary>Operations promised to survive, and judged.</summary>
    public long Acknowledged { get; init; }

    /// <summary>Operations found after the kills: those acknowledged and those in flight that made it.</summary>
    public long Recovered { get; init; }

    /// <summary>How often a worker was sent to each point.</summary>
    public IReadOnlyDictionary<KillPoint, int> PointsRequested { get; init; } = new Dictionary<KillPoint, int>();

    /// <summary>How often one died at each.</summary>
    public IReadOnlyDictionary<KillPoint, int> PointsFired { get; init; } = new Dictionary<KillPoint, int>();

    /// <summary>What is wrong with the store.</summary>
    public IReadOnlyList<Failure> Failures { get; init; } = [];

    /// <summary>Why the run stopped without an answer, or null.</summary>
    public string? WhyItCouldNotRun { get; init; }

    /// <summary>Share of the kills of running processes with operations in flight.</summary>
    public double InFlightShare => KillsWhileRunning == 0 ? 0 : (double)KillsInFlight / KillsWhileRunning;

    /// <summary>Verified kills a minute.</summary>
    public double KillsPerMinute => Elapsed <= TimeSpan.Zero ? 0 : Verified / Elapsed.TotalMinutes;

    /// <summary>What the run failed to test; nothing when it counts.</summary>
    public IReadOnlyList<string> VacuousBecause => VacuityGates.FindUnmet(this);

    /// <summary>The answer.</summary>
    public KillRunVerdict Verdict =>
        Failures.Count > 0 ? KillRunVerdict.Convicted
        : WhyItCouldNotRun is not null ? KillRunVerdict.CouldNotRun
        : VacuousBecause.Count > 0 ? KillRunVerdict.Vacuous
        : KillRunVerdict.Passed;

    /// <summary>How many discrepancies of a kind were found.</summary>
    public int Count(DiscrepancyKind kind) => Failures.Count(failure => failure.Discrepancy.Kind == kind);
}
