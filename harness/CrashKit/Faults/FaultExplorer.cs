using System.Globalization;
using Persistence.CrashKit.Exploration;
using Persistence.CrashKit.PowerLoss;
using Persistence.CrashKit.Simulation;
using Persistence.Storage.Simulated;

namespace Persistence.CrashKit.Faults;

/// <summary>Lets one fault befall a run: the process goes on, or is dropped and started again, or the power is cut around the fault.</summary>
internal sealed class FaultExplorer
{
    internal const string FiredEvidence = "faults that fired";
    private const int CutsAfterFault = 6;
    private const int CrashTiers = 3;
    private const int ImagesMax = 120;
    private const int RestartOneIn = 4;
    private const int OperationsAfterRestart = 5;

    /// <summary>Of the moments after a restart one in so many is tried: they differ little.</summary>
    private const int CutsSkipped = 4;

    // Where it is asked whether the fault is to blame.
    private const int NearFault = 16;
    private const int KillsSkipped = 12;

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
    /// <param name="point">Which.</param>
    /// <param name="stop">Ends the search for another cause of what went wrong.</param>
    /// <returns>What is wrong, or null.</returns>
    public string? Explore(FaultPoint point, CancellationToken stop = default)
    {
        string tier = FaultKinds.NameOf(point.Kind);
        CrashProfile profile = ProfileFor(point);
        FaultRun run = FaultRun.Perform(_plan.Run, _plan.Start, point, _options.Wrap);
        bool fired = run.Disk.Fired > 0;
        Note(run);
        _figures.Count(tier, states: 1, distinct: fired ? 1 : 0);
        string? objection = run.Objection;
        if (fired && _options.CutsPower)
        {
            long fault = run.Disk.FiredAt;
            long end = run.Run.Trace.End;
            objection ??= CutPower(run, point, profile, tier, [(fault, fault + CutsAfterFault), (run.ClosedAt, run.ClosedAt), (end, end)], ImagesMax);
            if (!point.Lies && (FaultKinds.IsSync(point.Operation.Kind) || point.Choice / 2 % RestartOneIn == 0))
                objection ??= Restart(run, Math.Min(fault + 1 + (long)(point.Choice / 8 % CutsAfterFault), end), profile, tier, CutsSkipped, ImagesMax);
        }

        if (objection is null)
            return null;
        bool isBlameless = fired && (FailsWithoutFault(profile, run.Disk.FiredAt, stop) || stop.IsCancellationRequested);
        _figures.Add(new ExplorationFailure(isBlameless ? FaultExploration.UnhurtTier : tier, Describe(point, run), objection));
        return objection;
    }

    /// <summary>
    /// Whether the fault is not to blame: the run in which nothing failed comes to harm too, by a power cut, or by a kill, a recovery and then a power
    /// cut. Nothing of this counts as explored. Where there was no time to find out, nobody is blamed.
    /// </summary>
    private bool FailsWithoutFault(CrashProfile profile, long fault, CancellationToken stop)
    {
        FaultExplorer explorer = new(_plan, _options, new ExplorationFigures());
        FaultRun unhurt = FaultRun.Perform(_plan.Run, _plan.Start, point: null, _options.Wrap);
        // What shows without a cut is compared with what shows without one.
        if (!_options.CutsPower)
            return unhurt.Objection is not null;
        (long start, long end) = (unhurt.Run.FirstCut, unhurt.Run.Trace.End);
        // What is near the fault is the likeliest; further away kills differ little from one moment to the next.
        IEnumerable<long> kills = Enumerable.Range((int)start, (int)(end - start) + 1).Select(cut => (long)cut)
            .Where(cut => Math.Abs(cut - fault) <= NearFault || cut % KillsSkipped == 0)
            .OrderBy(cut => Math.Abs(cut - fault));
        return unhurt.Objection is not null
            || explorer.CutPower(unhurt, point: null, profile, FaultExploration.UnhurtTier, [(start, end)], int.MaxValue) is not null
            || kills.TakeWhile(_ => !stop.IsCancellationRequested).Any(cut => explorer.Restart(unhurt, cut, profile, FaultExploration.UnhurtTier, cutsSkipped: 1, int.MaxValue) is not null);
    }

    private void Note(FaultRun run)
    {
        run.Upkeep.NoteIn(_figures);
        EntityEvidence.NoteIn(_figures, run.Run.History);
        _figures.Note(FiredEvidence, run.Disk.Fired > 0 ? 1 : 0);
        if (run.Disk.FiredIn is FaultPhase phase)
            _figures.Note(FaultExploration.FiredIn(phase), 1);
        _figures.Note(FaultExploration.StoppedEvidence, run.IsPoisoned ? 1 : 0);
        _figures.Note(FaultExploration.RecoveredEvidence, run.HasRecovered ? 1 : 0);
        _figures.Note("degraded in the background", run.IsDegraded ? 1 : 0);
        _figures.Note(FaultExploration.RefusedEvidence, run.Refusals);
        _figures.Note("damage reported", run.Reports);
    }

    /// <summary>Cuts the power at every moment of some windows.</summary>
    private string? CutPower(FaultRun run, FaultPoint? point, CrashProfile profile, string tier, IEnumerable<(long Start, long End)> windows, int imagesMax)
    {
        CrashStateSpace space = new(run.Run.Trace, profile);
        HashSet<(ulong, ulong, bool)> seen = [];
        foreach ((CrashChoice choice, int crashTier) in ChoicesIn(space, run, windows, Enumerable.Range(0, CrashTiers)))
        {
            if (seen.Count >= imagesMax)
                break;
            // Whoever mounts a disk anew whose journal had failed finds what a power cut leaves, in the same boot.
            bool isSameBoot = crashTier == 0 || (point?.Kind == FaultKind.JournalAborted && (choice.Cut & 1) == 0);
            bool isNew = seen.Add((space.HashAt(choice), run.PartAt(choice.Cut).History.WindowAt(choice.Cut), isSameBoot));
            _figures.Count(tier, states: 1, distinct: isNew ? 1 : 0);
            if (!isNew)
                continue;
            _figures.Note(crashTier == 0 ? "restarts judged" : FaultExploration.PowerCutEvidence, 1);
            if (FaultJudge.JudgeImage(space.At(choice).ToFileSystem(), run, point, choice.Cut, isSameBoot) is string message)
                return $"{(crashTier == 0 ? "after a restart" : "after a power cut")}: {message} ({new PowerLossFailure(run.Run, profile, choice.Copy(), message).Describe()})";
        }

        return null;
    }

    /// <summary>The process is dropped; the next one recovers on what the page cache shows, writes on, and loses power.</summary>
    private string? Restart(FaultRun dropped, long cut, CrashProfile profile, string tier, int cutsSkipped, int imagesMax)
    {
        CrashStateSpace space = new(dropped.Run.Trace, profile);
        CrashChoice killed = new(space.Micros.Count) { Cut = cut };
        RecordedRun run = dropped.PartAt(cut);
        if (run.Start.IsNew && cut <= run.History.OpenedAt)
            return null;
        Array.Fill(killed.Keeps, true);
        RunStart start = RunStart.AfterKill(run, space.At(killed), cut);
        FaultRun again = FaultRun.Perform(run.Plan.Again(start.Epoch, OperationsAfterRestart), start, point: null, _options.Wrap);
        _figures.Count(tier, states: 1, distinct: 1);
        _figures.Note("restarts gone on with", 1);
        if (again.Objection is string objection)
            return $"gone on with after a restart at {cut}: {objection}";
        CrashStateSpace later = new(again.Run.Trace, profile);
        HashSet<(ulong, ulong)> seen = [];
        foreach ((CrashChoice choice, _) in ChoicesIn(later, again, [(again.Run.FirstCut, again.Run.Trace.End)], [1]).Where(choice => choice.Choice.Cut % cutsSkipped == 0))
        {
            if (seen.Count >= imagesMax)
                break;
            RecordedRun part = again.PartAt(choice.Cut);
            bool isNew = seen.Add((later.HashAt(choice), part.History.WindowAt(choice.Cut)));
            _figures.Count(tier, states: 1, distinct: isNew ? 1 : 0);
            if (!isNew)
                continue;
            _figures.Note(FaultExploration.PowerCutEvidence, 1);
            if (RecoveryJudge.Judge(later.At(choice).ToFileSystem(), part, choice.Cut, isKill: false) is string message)
                return $"restarted at {cut}, then a power cut: {message} ({new PowerLossFailure(part, profile, choice.Copy(), message).Describe()})";
        }

        return null;
    }

    /// <summary>What a crash at every moment of some windows may leave, tier by tier.</summary>
    private static IEnumerable<(CrashChoice Choice, int Tier)> ChoicesIn(CrashStateSpace space, FaultRun run, IEnumerable<(long Start, long End)> windows, IEnumerable<int> tiers) =>
        from window in windows
        where window.Start <= run.Run.Trace.End
        let enumerator = new CrashStateEnumerator(space, window.Start, Math.Min(window.End, run.Run.Trace.End), run.Run.Plan.Seed, run.Run.Plan.Options.SectorBytes)
        from tier in tiers
        from choice in enumerator.Enumerate(tier)
        select (choice, tier);

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
