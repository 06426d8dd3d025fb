using System.Globalization;
using Persistence.CrashKit.Exploration;
using Persistence.CrashKit.PowerLoss;
using Persistence.CrashKit.Simulation;
using Persistence.CrashKit.Worker;
using Persistence.Diagnostics;
using Persistence.Engine;
using Persistence.Storage.Simulated;

namespace Persistence.CrashKit.Faults;

/// <summary>Fills a run's disk and frees it again, and cuts the power, or kills the process, from the moment it is small.</summary>
internal sealed class FullDiskExplorer
{
    /// <summary>The tier.</summary>
    public const string Tier = "the disk fills up";

    public const string RefusedEvidence = "writes refused on a full disk";
    public const string RemovedEvidence = "deletes accepted while full";
    public const string ReserveEvidence = "deletes that used the reserve";
    public const string CheckpointEvidence = "checkpoints while full";
    public const string ReturnedEvidence = "returned to normal";
    public const string OpenedEvidence = "opened on the full disk";

    private const int CrashTiers = 3;
    private const int ImagesMax = 80;

    /// <summary>Of the moments one in so many is tried, another one in each run.</summary>
    private const int CutsSkipped = 7;

    private readonly FaultOptions _options;
    private readonly ExplorationFigures _figures;

    public FullDiskExplorer(FaultOptions options, ExplorationFigures figures)
    {
        _options = options;
        _figures = figures;
    }

    /// <summary>What has to have happened before "nothing wrong" means anything.</summary>
    public static IReadOnlyList<string> EvidenceNeeded { get; } = [RefusedEvidence, RemovedEvidence, ReserveEvidence, CheckpointEvidence, ReturnedEvidence, OpenedEvidence];

    /// <summary>Explores the run of a number.</summary>
    /// <returns>What is wrong, or null.</returns>
    public string? Explore(long number, CancellationToken stop)
    {
        FullDiskPlan plan = FullDiskPlan.Create(_options, number);
        FullDiskRun run = FullDiskRun.Perform(plan, _options.Wrap);
        _figures.Count(Tier, states: 1, distinct: 1);
        Note(run);
        string? objection = run.Objection ?? CutPower(run, number, stop);
        if (objection is not null)
            _figures.Add(new ExplorationFailure(Tier, Describe(plan, number), objection));
        return objection;
    }

    private void Note(FullDiskRun run)
    {
        _figures.Note(RefusedEvidence, run.Refused);
        _figures.Note(RemovedEvidence, run.RemovedWhileFull);
        _figures.Note(ReserveEvidence, run.HasUsedReserve ? 1 : 0);
        _figures.Note(CheckpointEvidence, run.CheckpointsWhileFull);
        _figures.Note(ReturnedEvidence, run.HasReturned ? 1 : 0);
    }

    private string? CutPower(FullDiskRun run, long number, CancellationToken stop)
    {
        CrashProfile profile = (number % 3) switch { 0 => CrashProfile.OrderedMetadata, 1 => CrashProfile.Ext4Ordered, _ => CrashProfile.PosixMin };
        CrashStateSpace space = new(run.Run.Trace, profile);
        CrashStateEnumerator enumerator = new(space, run.SmallAt, run.Run.Trace.End, run.Run.Plan.Seed, run.Run.Plan.Options.SectorBytes);
        HashSet<(ulong, ulong, bool)> seen = [];
        foreach (CrashChoice choice in Enumerable.Range(0, CrashTiers).SelectMany(enumerator.Enumerate).Where(choice => choice.Cut % CutsSkipped == number % CutsSkipped))
        {
            if (seen.Count >= ImagesMax || stop.IsCancellationRequested)
                break;
            bool isKill = choice.Tier == 0;
            bool isNew = seen.Add((space.HashAt(choice), run.Run.History.WindowAt(choice.Cut), isKill));
            _figures.Count(Tier, states: 1, distinct: isNew ? 1 : 0);
            if (isNew && Judge(space, choice, run, isKill) is string message)
                return $"{(isKill ? "after a kill" : "after a power cut")}: {message} ({new PowerLossFailure(run.Run, profile, choice.Copy(), message).Describe()})";
        }

        return null;
    }

    /// <summary>Once on the disk as it is, full or not, where it may be refused for want of space and for nothing else; and once with space.</summary>
    private string? Judge(CrashStateSpace space, CrashChoice choice, FullDiskRun run, bool isKill)
    {
        SimulatedFileSystem full = space.At(choice).ToFileSystem(run.CapacityBytes);
        if (Open(full, run, isKill) is not StoreError refused)
        {
            _figures.Note(OpenedEvidence, 1);
            if (RecoveryJudge.Judge(full, run.Run, choice.Cut, isKill: false) is string onFull)
                return $"opened on the full disk: {onFull}";
        }
        else if (refused != StoreError.DiskFull)
        {
            return $"on the full disk it does not open: {refused}";
        }
        else
        {
            _figures.Note("refused on the full disk", 1);
            full.CapacityBytes = long.MaxValue;
            if (RecoveryJudge.Judge(full, run.Run, choice.Cut, isKill) is string afterwards)
                return $"refused on the full disk, and with space: {afterwards}";
        }

        return RecoveryJudge.Judge(space.At(choice).ToFileSystem(), run.Run, choice.Cut, isKill);
    }

    /// <returns>Why it does not open, or null.</returns>
    private static StoreError? Open(SimulatedFileSystem disk, FullDiskRun run, bool isKill)
    {
        try
        {
            RunPlan plan = run.Run.Plan;
            PersistenceStore.Open(SimulatedHost.CreateInline(disk, plan.Seed, isKill ? 0 : 1), RunPlan.Quiet(plan.Options), WorkloadStates.Of(plan).All).Dispose();
            return null;
        }
        catch (StoreException e)
        {
            return e.Error;
        }
    }

    private static string Describe(FullDiskPlan plan, long number) => string.Create(
        CultureInfo.InvariantCulture,
        $"seed {plan.Run.Seed}, number {number}, workload {plan.Run.Workload}, {plan.Run.Options.Durability}, {plan.Run.Operations.Count} writers, {plan.SlackBytes} bytes of slack, freed by {(plan.IsFreedByOthers ? "others" : "checkpoints")}");
}
