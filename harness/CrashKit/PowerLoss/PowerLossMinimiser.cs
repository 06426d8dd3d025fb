using Persistence.CrashKit.Exploration;
using Persistence.CrashKit.Simulation;
using Persistence.CrashKit.Worker;
using Persistence.Storage.Simulated;

namespace Persistence.CrashKit.PowerLoss;

/// <summary>
/// Looks for a smaller failure in place of one that was found: fewer operations of the workload, a disk that promises more, fewer parts missing.
/// Whatever fails counts, whether for the same reason or another. Where fewer operations fail only if the threads take other turns, they do.
/// </summary>
internal sealed class PowerLossMinimiser
{
    private const int SampledMax = 1000;

    /// <summary>Other turns of the threads, where the first do not fail any more.</summary>
    private const int SchedulesMax = 40;
    private const long BetweenSchedules = 1_000_003;

    /// <summary>With so few operations all tiers but the two that are sampled are quickly tried.</summary>
    private const int FewOperations = 24;
    private static readonly int[] QuickTiers = [0, 1, 2, 3, 4];

    /// <summary>Of small segments, which fill with few large values.</summary>
    private const int SmallSegmentBytes = 32 << 10;
    private const int LargeValueLength = SmallSegmentBytes / 3;

    private readonly CancellationToken _stopDropping;
    private readonly CancellationToken _stop;
    private PowerLossFailure _best;

    private PowerLossMinimiser(PowerLossFailure failure, CancellationToken stopDropping, CancellationToken stop)
    {
        _best = failure;
        _stopDropping = stopDropping;
        _stop = stop;
    }

    /// <summary>The smallest failure found in the time given, or until it is interrupted.</summary>
    public static PowerLossFailure Minimise(PowerLossFailure failure, TimeSpan timeMax, CancellationToken interrupted)
    {
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(interrupted);
        stop.CancelAfter(timeMax);
        // The last two steps are short, and show what it takes.
        using CancellationTokenSource stopDropping = CancellationTokenSource.CreateLinkedTokenSource(interrupted);
        stopDropping.CancelAfter(timeMax * 3 / 4);
        PowerLossMinimiser minimiser = new(failure, stopDropping.Token, stop.Token);
        minimiser.DropOperations(schedules: 1);
        minimiser.EnlargeValues();
        minimiser.DropOperations(SchedulesMax);
        minimiser.FindStrictestProfile();
        minimiser.KeepWhatCanBeKept();
        return minimiser._best;
    }

    /// <summary>Takes away first large runs of operations, then smaller ones, then single ones, and all over again, as long as something fails.</summary>
    private void DropOperations(int schedules)
    {
        int before;
        do
        {
            before = Count(_best);
            for (int run = Math.Max(1, before / 2); run >= 1; run /= 2)
                DropRuns(run, schedules);
        }
        while (Count(_best) < before);
    }

    private void DropRuns(int run, int schedules)
    {
        for (int from = Count(_best) - run; from > -run && !_stopDropping.IsCancellationRequested;)
        {
            if (Find(Without(_best.Run.Plan, Math.Max(from, 0), from + run), schedules) is PowerLossFailure smaller)
                _best = smaller;
            from = Math.Min(from, Count(_best)) - run;
        }
    }

    /// <summary>What fails only once a segment is full does so after few operations if these are large.</summary>
    private void EnlargeValues()
    {
        RunPlan plan = _best.Run.Plan;
        if (Count(_best) <= 1)
            return;
        RunPlan larger = plan with
        {
            Options = plan.Options with { SegmentBytes = SmallSegmentBytes, Compress = false },
            Operations = [.. plan.Operations.Select(operations => (IReadOnlyList<PlannedOperation>)[.. operations.Select(Enlarge)])],
        };
        if (Find(larger, SchedulesMax) is PowerLossFailure failure)
            _best = failure;
    }

    private static PlannedOperation Enlarge(PlannedOperation operation) => operation with
    {
        Writes = [.. operation.Writes.Select(static write => write with { Value = write.Value?.PadRight(LargeValueLength, '.') })],
        Record = operation.Record?.PadRight(LargeValueLength, '.'),
        Entities = operation.Entities is null ? null : operation.Entities with { ValueLength = LargeValueLength },
    };

    private PowerLossFailure? Find(RunPlan plan, int schedules)
    {
        for (int schedule = 0; schedule < schedules && !_stopDropping.IsCancellationRequested; schedule++)
        {
            if (Find(plan with { Seed = plan.Seed + (schedule * BetweenSchedules) }, _best.Profile, _stopDropping) is PowerLossFailure smaller)
                return smaller;
        }

        return null;
    }

    private static int Count(PowerLossFailure failure) => failure.Run.Plan.OperationCount;

    private static bool IsSmall(RunPlan plan) => plan.OperationCount <= FewOperations;

    private static RunPlan Without(RunPlan plan, int from, int to)
    {
        int place = 0;
        List<IReadOnlyList<PlannedOperation>> left = [];
        foreach (IReadOnlyList<PlannedOperation> operations in plan.Operations)
            left.Add([.. operations.Where(_ => place++ is int at && (at < from || at >= to))]);
        return plan with { Operations = left };
    }

    private void FindStrictestProfile()
    {
        foreach (CrashProfile profile in CrashProfile.All)
        {
            if (profile == _best.Profile || _stop.IsCancellationRequested)
                return;
            if (Find(_best.Run.Plan, profile, _stop) is PowerLossFailure stricter)
            {
                _best = stricter;
                return;
            }
        }
    }

    private PowerLossFailure? Find(RunPlan plan, CrashProfile profile, CancellationToken stop)
    {
        RecordedRun run;
        try
        {
            run = RecordedRun.Record(plan, _best.Run.Start, _best.Run.Wrap);
        }
        catch (SimulationException)
        {
            return null;
        }

        PowerLossExplorer explorer = new(run, profile, new ExplorationFigures()) { Title = "", SampledMax = SampledMax };
        foreach (int tier in TiersToTry(plan))
        {
            if (explorer.Failure is null)
                explorer.Explore(tier, stop);
        }

        return explorer.Failure;
    }

    /// <summary>The one in which it was found, and those that are small, or small because little is done.</summary>
    private IEnumerable<int> TiersToTry(RunPlan plan) =>
        (IsSmall(plan) ? [.. QuickTiers, _best.Choice.Tier] : (int[])[0, 1, _best.Choice.Tier]).Distinct();

    /// <summary>Puts back one missing part after the other, as long as it fails without them.</summary>
    private void KeepWhatCanBeKept()
    {
        CrashStateSpace space = new(_best.Run.Trace, _best.Profile);
        bool changed = true;
        while (changed && !_stop.IsCancellationRequested)
        {
            changed = false;
            foreach (CrashChoice larger in Larger(_best.Choice, space))
            {
                space.MakeLegal(larger);
                if (CountMissing(larger, space) >= CountMissing(_best.Choice, space) || Judge(larger, space) is not string message)
                    continue;
                _best = _best with { Choice = larger, Message = message };
                changed = true;
                break;
            }
        }
    }

    private static IEnumerable<CrashChoice> Larger(CrashChoice choice, CrashStateSpace space)
    {
        foreach (TornWrite torn in choice.Torn)
        {
            CrashChoice whole = choice.Copy();
            whole.Torn.Remove(torn);
            yield return whole;
        }

        foreach (int micro in space.PendingAt(choice.Cut))
        {
            if (choice.Keeps[micro])
                continue;
            CrashChoice larger = choice.Copy();
            larger.Keeps[micro] = true;
            yield return larger;
        }
    }

    private static int CountMissing(CrashChoice choice, CrashStateSpace space) =>
        choice.Torn.Count + space.PendingAt(choice.Cut).Count(micro => !choice.Keeps[micro]);

    private string? Judge(CrashChoice choice, CrashStateSpace space) =>
        RecoveryJudge.Judge(space.At(choice).ToFileSystem(), _best.Run, choice.Cut, isKill: choice.Tier == 0);
}
