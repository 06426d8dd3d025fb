using System.CommandLine;
using Persistence.CrashKit.Corruption;
using Persistence.CrashKit.Exploration;
using Persistence.CrashKit.Worker;

namespace Persistence.Harness.Commands;

/// <summary><c>harness corrupt</c>.</summary>
internal sealed class CorruptCommand : ExplorationCommand
{
    private readonly WorkloadOption _workload = new(Workloads.OfItems);
    private readonly Option<string?> _store = CheckedOption.Text("--store", $"One of the stores: {string.Join("; ", StoreShape.All.Select(shape => $"'{shape.Name}'"))}. Default: all.", "a name");

    public static Command Create()
    {
        CorruptCommand command = new();
        return command.Create(
            "corrupt", "Damage every byte and every file of stores the engine left, one at a time and in every way there is, and open each.", command._workload.Option, command._store);
    }

    protected override IExploration Plan(ParseResult parsed, long seed)
    {
        CorruptionOptions options = new() { Seed = seed, Workloads = _workload.Read(parsed) };
        if (parsed.GetValue(_store) is string store)
            options = options with { Shapes = [StoreShape.All.FirstOrDefault(shape => shape.Name == store) ?? throw new ArgumentException($"There is no store '{store}'. Known: {string.Join("; ", StoreShape.All.Select(shape => shape.Name))}.")] };
        return new CorruptionExploration(options);
    }
}
