using System.Globalization;
using Persistence.CrashKit.Exploration;
using Persistence.CrashKit.PowerLoss;
using Persistence.CrashKit.Simulation;
using Persistence.Storage.Simulated;

namespace Persistence.CrashKit.Faults;

/// <summary>Lets one fault befall a run: the process goes on, or is dropped and started again, or the power is cut around the fault.</summary>
internal sealed class FaultExplorer
{
    private const int CutsAfterFault = 6;
    private const int CrashTiers = 3;
    private const int ImagesMax = 120;
    private const int RestartOneIn = 4;
    private const int OperationsAfterRestart = 5;

    private readonly FaultPlan _plan;
    private readonly FaultOptions _options;
    private readonly ExplorationFigures _figures;

    public FaultExplorer(FaultPlan plan, FaultOptions options, ExplorationFigures figures)
    {
        _plan = plan;
        _options = options;
        _figures = figures;
    }

    /// <summary>Tries one fault.</summary>
    /// <returns>What is wrong, or null.</returns>
    public string? Explore(FaultPoint point)
    {
        string tier = FaultKinds.NameOf(point.Kind);
        FaultRun run = FaultRun.Perform(_plan.Run, _plan.Start, point, _options.Wrap);
        Note(run);
        string? objection = run.Objection;
        Count count = new() { States = 1, Distinct = run.Disk.Fired > 0 ? 1 : 0 };
        CrashProfile profile = ProfileFor(point);
        long fault = run.Disk.FiredAt;
        long restart = Math.Min(fault + 1 + (long)(point.Choice / 8 % CutsAfterFault), run.Run.Trace.End);
        if (objection is null && run.Disk.Fired > 0)
            objection = CutPower(run, point, profile, [(fault, fault + CutsAfterFault), (run.ClosedAt, run.ClosedAt), (run.Run.Trace.End, run.Run.Trace.End)], ImagesMax, count);
        if (objection is null && run.Disk.Fired > 0 && !point.Lies && (FaultKinds.IsSync(point.Operation.Kind) || point.Choice / 2 % RestartOneIn == 0))
            objection = Restart(run, restart, profile, count);
        _figures.Count(tier, count.States, count.Distinct);
        if (objection is null)
            return null;
        bool isBlameless = run.Disk.Fired > 0 && FailsWithoutFault(restart, profile);
        _figures.Add(new ExplorationFailure(isBlameless ? FaultExploration.UnhurtTier : tier, Describe(point, run), objection));
        return objection;
    }

    /// <summary>Whether the fault is not to blame: a power cut, or the restart, does the same harm to the run in which nothing failed.</summary>
    private bool FailsWithoutFault(long restart, CrashProfile profile)
    {
        Count count = new();
        FaultRun unhurt = FaultRun.Perform(_plan.Run, _plan.Start, point: null, _options.Wrap);
        return unhurt.Objection is not null
            || CutPower(unhurt, point: null, profile, [(unhurt.Run.FirstCut, unhurt.Run.Trace.End)], int.MaxValue, count) is not null
            || Restart(unhurt, Math.Min(restart, unhurt.Run.Trace.End), profile, count) is not null;
    }

    private void Note(FaultRun run)
    {
        _figures.Note("faults that fired", run.Disk.Fired > 0 ? 1 : 0);
        if (run.Disk.FiredIn is FaultPhase phase)
            _figures.Note(FaultExploration.FiredIn(phase), 1);
        _figures.Note(FaultExploration.StoppedEvidence, run.IsPoisoned ? 1 : 0);
        _figures.Note(FaultExploration.RecoveredEvidence, run.HasRecovered ? 1 : 0);
        _figures.Note("degraded in the background", run.IsDegraded ? 1 : 0);
        _figures.Note(FaultExploration.RefusedEvidence, run.Refusals);
        _figures.Note("damage reported", run.Reports);
    }

    /// <summary>Cuts the power at every moment of some windows.</summary>
    private string? CutPower(FaultRun run, FaultPoint? point, CrashProfile profile, IEnumerable<(long Start, long End)> windows, int imagesMax, Count count)
    {
        CrashStateSpace space = new(run.Run.Trace, profile);
        HashSet<(ulong, ulong, bool)> seen = [];
        foreach ((long start, long end) in windows.Where(window => window.Start <= run.Run.Trace.End))
        {
            CrashStateEnumerator enumerator = new(space, start, Math.Min(end, run.Run.Trace.End), run.Run.Plan.Seed, run.Run.Plan.Options.SectorBytes);
            for (int tier = 0; tier < CrashTiers; tier++)
            {
                foreach (CrashChoice choice in enumerator.Enumerate(tier))
                {
                    if (seen.Count >= imagesMax)
                        return null;
                    count.States++;
                    // Whoever mounts a disk anew whose journal had failed finds what a power cut leaves, in the same boot.
                    bool isSameBoot = tier == 0 || (point?.Kind == FaultKind.JournalAborted && (choice.Cut & 1) == 0);
                    if (!seen.Add((space.HashAt(choice), run.PartAt(choice.Cut).History.WindowAt(choice.Cut), isSameBoot)))
                        continue;
                    count.Distinct++;
                    _figures.Note(tier == 0 ? "restarts judged" : FaultExploration.PowerCutEvidence, 1);
                    if (FaultJudge.JudgeImage(space.At(choice).ToFileSystem(), run, point, choice.Cut, isSameBoot) is string message)
                        return $"{(tier == 0 ? "after a restart" : "after a power cut")}: {message} ({new PowerLossFailure(run.Run, profile, choice.Copy(), message).Describe()})";
                }
            }
        }

        return null;
    }

    /// <summary>The process is dropped; the next one recovers on what the page cache shows, writes on, and loses power.</summary>
    private string? Restart(FaultRun dropped, long cut, CrashProfile profile, Count count)
    {
        CrashStateSpace space = new(dropped.Run.Trace, profile);
        CrashChoice killed = new(space.Micros.Count) { Cut = cut };
        RecordedRun run = dropped.PartAt(cut);
        if (run.Start.IsNew && cut <= run.History.OpenedAt)
            return null;
        Array.Fill(killed.Keeps, true);
        RunStart start = RunStart.AfterKill(run, space.At(killed), cut);
        FaultRun again = FaultRun.Perform(run.Plan.Again(start.Epoch, OperationsAfterRestart), start, point: null, _options.Wrap);
        count.States++;
        count.Distinct++;
        _figures.Note("restarts gone on with", 1);
        if (again.Objection is string objection)
            return $"gone on with after a restart at {cut}: {objection}";
        CrashStateSpace later = new(again.Run.Trace, profile);
        CrashStateEnumerator enumerator = new(later, again.Run.FirstCut, again.Run.Trace.End, run.Plan.Seed, run.Plan.Options.SectorBytes);
        HashSet<(ulong, ulong)> seen = [];
        foreach (CrashChoice choice in enumerator.Enumerate(1))
        {
            if (seen.Count >= ImagesMax)
                break;
            // Every few cuts: they differ little.
            if (choice.Cut % 4 != 0)
                continue;
            count.States++;
            RecordedRun part = again.PartAt(choice.Cut);
            if (!seen.Add((later.HashAt(choice), part.History.WindowAt(choice.Cut))))
                continue;
            count.Distinct++;
            _figures.Note(FaultExploration.PowerCutEvidence, 1);
            if (RecoveryJudge.Judge(later.At(choice).ToFileSystem(), part, choice.Cut, isKill: false) is string message)
                return $"restarted at {cut}, then a power cut: {message} ({new PowerLossFailure(part, profile, choice.Copy(), message).Describe()})";
        }

        return null;
    }

    private static CrashProfile ProfileFor(FaultPoint point) => (point.Choice / 16 % 3) switch
    {
        0 => CrashProfile.PosixMin,
        1 => CrashProfile.Ext4Ordered,
        _ => CrashProfile.OrderedMetadata,
    };

    private string Describe(FaultPoint point, FaultRun run) => string.Create(
        CultureInfo.InvariantCulture,
        $"seed {_plan.Run.Seed}, workload {_plan.Run.Workload}, {_plan.Run.Options.Durability}, {(_plan.Start.IsNew ? "a new store" : "after a crash")}, profile {ProfileFor(point).Name}: {point}, stamp {run.Disk.FiredAt}{(run.Disk.LandedAt is Misdirection landed ? $", landed at {landed.Offset} of {landed.Path ?? "the same file"}" : "")}");

    /// <summary>What was tried of one fault.</summary>
    private sealed class Count
    {
        /// <summary>Cases.</summary>
        public long States { get; set; }

        /// <summary>Different ones, each judged.</summary>
        public long Distinct { get; set; }
    }
}
