using System.Globalization;
using Persistence.CrashKit.Exploration;
using Persistence.CrashKit.Mutants;
using Persistence.CrashKit.Simulation;
using Persistence.Storage.Simulated;

namespace Persistence.CrashKit.PowerLoss;

/// <summary>A legal state of the disk from which the store did not come back as it must.</summary>
/// <param name="Run">The run that was cut.</param>
/// <param name="Profile">What the disk promises.</param>
/// <param name="Choice">Where the run was cut and what is missing.</param>
/// <param name="Message">What is wrong.</param>
internal sealed record PowerLossFailure(RecordedRun Run, CrashProfile Profile, CrashChoice Choice, string Message)
{
    /// <summary>The parts of the trace that are pending at the cut.</summary>
    public IReadOnlyList<int> PendingAtCut => new CrashStateSpace(Run.Trace, Profile).PendingAt(Choice.Cut);

    /// <summary>Those of them that are missing.</summary>
    public IReadOnlyList<int> Dropped => [.. PendingAtCut.Where(micro => !Choice.Keeps[micro])];

    /// <summary>The smallest failure found in the time given, or until it is interrupted.</summary>
    public MinimisedFailure Minimise(TimeSpan timeMax, CancellationToken interrupted = default)
    {
        PowerLossFailure smallest = PowerLossMinimiser.Minimise(this, timeMax, interrupted);
        int operations = smallest.Run.Plan.OperationCount;
        string words = string.Create(
            CultureInfo.InvariantCulture,
            $"fails on {smallest.Profile.Name} with {operations} operations and {smallest.Dropped.Count + smallest.Choice.Torn.Count} parts missing: {smallest.Message}; {smallest.Describe()}");
        return new MinimisedFailure(words, new ReplayFile(smallest, MutantEngine.Active).Write());
    }

    /// <summary>The same failure without what was done after the cut.</summary>
    public PowerLossFailure Truncate()
    {
        CrashStateSpace space = new(Run.Trace, Profile);
        RecordedRun run = new(Run.Plan, Run.Start, Run.History) { Trace = Run.Trace.Until(Choice.Cut) };
        int[] places = new int[space.Micros.Count];
        int kept = 0;
        for (int micro = 0; micro < places.Length; micro++)
            places[micro] = space.OperationOf(micro).Enter < Choice.Cut ? kept++ : -1;
        CrashChoice choice = new(kept) { Tier = Choice.Tier, Cut = Choice.Cut, StaleBytes = Choice.StaleBytes };
        foreach (int micro in space.PendingAt(Choice.Cut))
            choice.Keeps[places[micro]] = Choice.Keeps[micro];
        choice.Torn.AddRange(Choice.Torn.Select(torn => torn with { Micro = places[torn.Micro] }));
        return this with { Run = run, Choice = choice };
    }

    /// <summary>Where it was cut and what is missing, in words.</summary>
    public string Describe()
    {
        CrashStateSpace space = new(Run.Trace, Profile);
        int[] dropped = [.. space.PendingAt(Choice.Cut).Where(micro => !Choice.Keeps[micro])];
        string missing = dropped.Length == 0 ? "nothing" : string.Join(", ", dropped.Take(6).Select(micro => Describe(space, micro)));
        string more = dropped.Length > 6 ? string.Create(CultureInfo.InvariantCulture, $" and {dropped.Length - 6} more") : "";
        string torn = Choice.Torn.Count == 0 ? "" : $"; in part: {string.Join(", ", Choice.Torn.Select(torn => Describe(space, torn.Micro)))}";
        return string.Create(CultureInfo.InvariantCulture, $"T{Choice.Tier}, cut at {Choice.Cut}, missing: {missing}{more}{torn}");
    }

    private string Describe(CrashStateSpace space, int micro)
    {
        MicroOperation part = space.Micros[micro];
        TraceOperation operation = space.OperationOf(micro);
        string name = NameOf(part.Subject);
        return part.Kind switch
        {
            MicroOperationKind.Data => string.Create(CultureInfo.InvariantCulture, $"{operation.Data.Length} bytes at {operation.Position} of {name}"),
            MicroOperationKind.Size => $"the size of {name}",
            MicroOperationKind.RenameName => $"{operation.Name} → {operation.NewName} in {name}",
            MicroOperationKind.RemoveName => $"{operation.Name} leaving {name}",
            _ => $"{(operation.NewName.Length > 0 ? operation.NewName : operation.Name)} in {name}",
        };
    }

    /// <summary>The name a file or directory had first.</summary>
    private string NameOf(int node)
    {
        if (node == 0)
            return "the store";
        foreach (TraceOperation operation in Run.Trace.Operations)
        {
            if (operation.Node == node && operation.Kind is DiskChangeKind.CreateFile or DiskChangeKind.CreateDirectory)
                return operation.Name;
        }

        foreach (TraceNode directory in Run.Trace.Nodes)
        {
            foreach ((string name, int child) in directory.Names)
            {
                if (child == node)
                    return name;
            }
        }

        return string.Create(CultureInfo.InvariantCulture, $"file {node}");
    }
}
