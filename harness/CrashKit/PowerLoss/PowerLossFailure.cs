using System.Globalization;
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
    /// <summary>The parts of the trace that are pending at the cut and missing.</summary>
    public IReadOnlyList<int> Dropped
    {
        get
        {
            CrashStateSpace space = new(Run.Trace, Profile);
            return [.. space.PendingAt(Choice.Cut).Where(micro => !Choice.Keeps[micro])];
        }
    }

    /// <summary>Where it was cut and what is missing, in words.</summary>
    public string Describe()
    {
        CrashStateSpace space = new(Run.Trace, Profile);
        IReadOnlyList<int> dropped = Dropped;
        string missing = dropped.Count == 0 ? "nothing" : string.Join(", ", dropped.Take(6).Select(micro => Describe(space, micro)));
        string more = dropped.Count > 6 ? string.Create(CultureInfo.InvariantCulture, $" and {dropped.Count - 6} more") : "";
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
