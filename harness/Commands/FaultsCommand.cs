using System.CommandLine;
using Persistence.Configuration;
using Persistence.CrashKit.Exploration;
using Persistence.CrashKit.Faults;
using Persistence.CrashKit.Worker;

namespace Persistence.Harness.Commands;

/// <summary><c>harness faults</c>.</summary>
internal sealed class FaultsCommand : ExplorationCommand
{
    private readonly WorkloadOption _workload = new(Workloads.Names);
    private readonly Option<DurabilityMode?> _durability = CheckedOption.Durability("When a commit is promised. Default: all, in turns.");

    public static Command Create()
    {
        FaultsCommand command = new();
        return command.Create(
            "faults", "Let every operation on the disk fail, in every way it can; go on, restart, or lose power; hold what the store has against what it promised.",
            command._workload.Option, command._durability);
    }

    protected override int? StatesByDefault => 60_000;

    protected override IExploration Plan(ParseResult parsed, long seed) =>
        new FaultExploration(new FaultOptions { Seed = seed, Workloads = _workload.Read(parsed), Durability = parsed.GetValue(_durability) });
}
