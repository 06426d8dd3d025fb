using Persistence.CrashKit.Simulation;
using Persistence.CrashKit.Worker;
using Persistence.Storage.Simulated;

namespace Persistence.CrashKit.Faults;

/// <summary>A run, on which disk it begins, and everything that can fail in it.</summary>
internal sealed class FaultPlan
{
    private const int OperationsAgain = 9;

    private FaultPlan(RunPlan run, RunStart start)
    {
        Run = run;
        Start = start;
        FaultRun unhurt = FaultRun.Perform(run, start, point: null);
        if (unhurt.Objection is string objection)
            throw new SimulationException(objection);
        Unhurt = unhurt;
    }

    public RunPlan Run { get; }

    public RunStart Start { get; }

    /// <summary>The run without a fault.</summary>
    public FaultRun Unhurt { get; }

    /// <summary>A run from the creation of its store on.</summary>
    public static FaultPlan OnNewStore(FaultOptions options, long number) =>
        new(RunPlan.Take(options.Workloads, options.Seed, number, options.Durability, options.Operations), RunStart.New);

    /// <summary>A run that begins with recovery, after a kill or a power cut somewhere in an earlier one.</summary>
    public static FaultPlan AfterCrash(FaultOptions options, long number)
    {
        FaultPlan earlier = OnNewStore(options, number);
        RecordedRun run = earlier.Unhurt.Run;
        CrashStateSpace space = new(run.Trace, CrashProfile.OrderedMetadata);
        SimulatedRandom random = new(Mixer.Combine(options.Seed, number));
        CrashChoice choice = new(space.Micros.Count) { Cut = run.History.OpenedAt + 1 + random.Next((int)(earlier.Unhurt.ClosedAt - run.History.OpenedAt)) };
        bool isKill = random.Next(2) == 0;
        foreach (int micro in space.PendingAt(choice.Cut))
            choice.Keeps[micro] = isKill || random.Next(3) == 0;
        space.MakeLegal(choice);
        CrashState state = space.At(choice);
        RunStart start = isKill ? RunStart.AfterKill(run, state, choice.Cut) : RunStart.AfterPowerCut(run, state, choice.Cut);
        return new FaultPlan(earlier.Run.Again(start.Epoch, OperationsAgain), start);
    }

    /// <summary>Every operation with every kind of fault that may befall it, once and from then on.</summary>
    public IEnumerable<FaultPoint> FindPoints()
    {
        FaultKind[] kinds = [.. FaultKinds.All.Where(kind => FaultKinds.IsTriedWith(kind, Run.Workload))];
        foreach ((StorageOperation operation, _) in Unhurt.Disk.Seen)
        {
            foreach (FaultKind kind in kinds.Where(kind => FaultKinds.Befalls(kind, operation.Kind)))
            {
                ulong choice = (ulong)Mixer.Combine(Mixer.Combine(Run.Seed, operation.Ordinal), (long)kind);
                yield return new FaultPoint(operation, kind, IsLasting: false, choice);
                if (FaultKinds.MayLast(kind))
                    yield return new FaultPoint(operation, kind, IsLasting: true, choice);
            }
        }
    }
}
