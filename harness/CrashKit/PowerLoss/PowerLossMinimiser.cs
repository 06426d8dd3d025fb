using System.Diagnostics;
using Persistence.CrashKit.Exploration;
using Persistence.CrashKit.Simulation;
using Persistence.CrashKit.Worker;
using Persistence.Storage.Simulated;

namespace Persistence.CrashKit.PowerLoss;

/// <summary>
/// Looks for a smaller failure in place of one that was found: fewer operations of the workload, a disk that promises more, fewer parts missing.
/// Whatever fails counts, whether for the same reason or another.
/// </summary>
internal sealed class PowerLossMinimiser
{
    private const int SampledMax = 1000;

    private readonly TimeSpan _timeMax;
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private PowerLossFailure _best;

    private PowerLossMinimiser(PowerLossFailure failure, TimeSpan timeMax)
    {
        _best = failure;
        _timeMax = timeMax;
    }

    private bool IsTimeOver => _watch.Elapsed > _timeMax;

    /// <summary>The smallest failure found in the time given.</summary>
    public static PowerLossFailure Minimise(PowerLossFailure failure, TimeSpan timeMax)
    {
        PowerLossMinimiser minimiser = new(failure, timeMax);
        minimiser.DropOperations();
        minimiser.FindStrictestProfile();
        minimiser.KeepWhatCanBeKept();
        return minimiser._best;
    }

    /// <summary>Takes away first large runs of operations, then smaller ones, then single ones, as long as something fails.</summary>
    private void DropOperations()
    {
        for (int run = Math.Max(1, Count(_best) / 2); run >= 1 && !IsTimeOver; run /= 2)
        {
            for (int from = Count(_best) - run; from > -run && !IsTimeOver;)
            {
                int first = Math.Max(from, 0);
                if (Find(Without(_best.Run.Plan, first, from + run), _best.Profile) is PowerLossFailure smaller)
                    _best = smaller;
                from = Math.Min(from, Count(_best)) - run;
            }
        }
    }

    private static int Count(PowerLossFailure failure) => failure.Run.Plan.Operations.Sum(operations => operations.Count);

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
            if (profile == _best.Profile || IsTimeOver)
                return;
            if (Find(_best.Run.Plan, profile) is PowerLossFailure stricter)
            {
                _best = stricter;
                return;
            }
        }
    }

    private PowerLossFailure? Find(RunPlan plan, CrashProfile profile)
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
        foreach (int tier in TiersToTry())
        {
            if (explorer.Failure is null && !IsTimeOver)
                explorer.Explore(tier, CancellationToken.None);
        }

        return explorer.Failure;
    }

    /// <summary>The one in which it was found, and, since they are small, those in which everything or all of a kind is missing.</summary>
    private IEnumerable<int> TiersToTry() => ((int[])[0, 1, _best.Choice.Tier]).Distinct();

    /// <summary>Puts back one missing part after the other, as long as it fails without them.</summary>
    private void KeepWhatCanBeKept()
    {
        CrashStateSpace space = new(_best.Run.Trace, _best.Profile);
        bool changed = true;
        while (changed && !IsTimeOver)
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
