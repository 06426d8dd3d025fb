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
        long states = 1;
        long distinct = run.Disk.Fired > 0 ? 1 : 0;
        if (objection is null && run.Disk.Fired > 0)
            objection = CutPower(run, point, ref states, ref distinct);
        if (objection is null && run.Disk.Fired > 0 && !point.Lies && (FaultKinds.IsSync(point.Operation.Kind) || point.Choice / 2 % RestartOneIn == 0))
            objection = Restart(run, point, ref states, ref distinct);
        _figures.Count(tier, states, distinct);
        if (objection is not null)
            _figures.Add(new ExplorationFailure(tier, Describe(point, run), objection));
        return objection;
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

    /// <summary>Around the fault, and when the store had been closed.</summary>
    private string? CutPower(FaultRun faulted, FaultPoint point, ref long states, ref long distinct)
    {
        RecordedRun run = faulted.Run;
        CrashStateSpace space = new(run.Trace, ProfileFor(point));
        HashSet<(ulong, ulong, bool)> seen = [];
        long fault = faulted.Disk.FiredAt;
        (long Start, long End)[] windows = [(fault, fault + CutsAfterFault), (faulted.ClosedAt, faulted.ClosedAt), (run.Trace.End, run.Trace.End)];
        foreach ((long start, long end) in windows.Where(window => window.Start <= run.Trace.End))
        {
            CrashStateEnumerator enumerator = new(space, start, Math.Min(end, run.Trace.End), run.Plan.Seed, run.Plan.Options.SectorBytes);
            for (int tier = 0; tier < CrashTiers; tier++)
            {
                foreach (CrashChoice choice in enumerator.Enumerate(tier))
                {
                    if (seen.Count >= ImagesMax)
                        return null;
                    states++;
                    // Whoever mounts a disk anew whose journal had failed finds what a power cut leaves, in the same boot.
                    bool isSameBoot = tier == 0 || (point.Kind == FaultKind.JournalAborted && (choice.Cut & 1) == 0);
                    if (!seen.Add((space.HashAt(choice), faulted.PartAt(choice.Cut).History.WindowAt(choice.Cut), isSameBoot)))
                        continue;
                    distinct++;
                    _figures.Note(tier == 0 ? "restarts judged" : FaultExploration.PowerCutEvidence, 1);
                    if (FaultJudge.JudgeImage(space.At(choice).ToFileSystem(), faulted, point, choice.Cut, isSameBoot) is string message)
                        return $"{(tier == 0 ? "after a restart" : "after a power cut")}: {message} ({new PowerLossFailure(run, space.Profile, choice.Copy(), message).Describe()})";
                }
            }
        }

        return null;
    }

    /// <summary>The process is dropped right after the fault; the next one recovers on what the page cache shows, writes on, and loses power.</summary>
    private string? Restart(FaultRun faulted, FaultPoint point, ref long states, ref long distinct)
    {
        CrashStateSpace space = new(faulted.Run.Trace, ProfileFor(point));
        CrashChoice killed = new(space.Micros.Count) { Cut = Math.Min(faulted.Disk.FiredAt + 1 + (long)(point.Choice / 8 % CutsAfterFault), faulted.Run.Trace.End) };
        RecordedRun run = faulted.PartAt(killed.Cut);
        if (run.Start.IsNew && killed.Cut <= run.History.OpenedAt)
            return null;
        Array.Fill(killed.Keeps, true);
        RunStart start = RunStart.AfterKill(run, space.At(killed), killed.Cut);
        FaultRun again = FaultRun.Perform(run.Plan.Again(start.Epoch, OperationsAfterRestart), start, point: null, _options.Wrap);
        states++;
        distinct++;
        _figures.Note("restarts gone on with", 1);
        if (again.Objection is string objection)
            return $"gone on with after a restart at {killed.Cut}: {objection}";
        CrashStateSpace later = new(again.Run.Trace, ProfileFor(point));
        CrashStateEnumerator enumerator = new(later, again.Run.FirstCut, again.Run.Trace.End, run.Plan.Seed, run.Plan.Options.SectorBytes);
        HashSet<(ulong, ulong)> seen = [];
        foreach (CrashChoice choice in enumerator.Enumerate(1))
        {
            if (seen.Count >= ImagesMax)
                break;
            // Every few cuts: they differ little.
            if (choice.Cut % 4 != 0)
                continue;
            states++;
            RecordedRun part = again.PartAt(choice.Cut);
            if (!seen.Add((later.HashAt(choice), part.History.WindowAt(choice.Cut))))
                continue;
            distinct++;
            _figures.Note(FaultExploration.PowerCutEvidence, 1);
            if (RecoveryJudge.Judge(later.At(choice).ToFileSystem(), part, choice.Cut, isKill: false) is string message)
                return $"restarted at {killed.Cut}, then a power cut: {message} ({new PowerLossFailure(part, later.Profile, choice.Copy(), message).Describe()})";
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
}
