using System.CommandLine;
using Persistence.CrashKit.Corruption;
using Persistence.CrashKit.Exploration;
using Persistence.CrashKit.Worker;

namespace Persistence.Harness.Commands;

/// <summary><c>harness corrupt</c>.</summary>
internal sealed class CorruptCommand : ExplorationCommand
{
    private readonly Option<string?> _workload = CheckedOption.Text("--workload", $"{string.Join(", ", Workloads.Names)}. Default: all, in turns.", "a name");

    public static Command Create()
    {
        CorruptCommand command = new();
        return command.Create(
            "corrupt", "Damage every byte and every file of stores the engine left, one at a time and in every way there is, and open each.", command._workload);
    }

    protected override IExploration Plan(ParseResult parsed, long seed)
    {
        CorruptionOptions options = new() { Seed = seed };
        if (parsed.GetValue(_workload) is string workload)
            options = options with { Workloads = [WorkloadMix.Find(workload) is null ? throw new ArgumentException($"There is no workload '{workload}'. Known: {string.Join(", ", Workloads.Names)}.") : workload] };
        return new CorruptionExploration(options);
    }
}
