using System.CommandLine;
using Persistence.Configuration;
using Persistence.CrashKit.Exploration;
using Persistence.CrashKit.PowerLoss;
using Persistence.CrashKit.Terminals.PowerLoss;
using Persistence.CrashKit.Worker;
using Persistence.Storage.Simulated;

namespace Persistence.Harness.Commands;

/// <summary><c>harness powerloss</c>.</summary>
internal sealed class PowerLossCommand : ExplorationCommand
{
    private readonly WorkloadOption _workload = new(Workloads.Names, TerminalPowerLoss.Workload);
    private readonly Option<string?> _profile = CheckedOption.Text(
        "--profile", $"{string.Join(", ", CrashProfile.All.Select(profile => profile.Name))}. Default: all but lying-disk.", "a name");
    private readonly Option<DurabilityMode?> _durability = CheckedOption.Durability("When a commit is promised. Default: all, in turns.");

    private PowerLossCommand()
        : base(hasReplay: true)
    {
    }

    public static Command Create()
    {
        PowerLossCommand command = new();
        return command.Create(
            "powerloss", "Cut the power in recorded runs of the engine, recover from every legal state of the disk, write on, cut again.",
            command._workload.Option, command._profile, command._durability);
    }

    protected override int? StatesByDefault => 100_000;

    protected override IExploration Plan(ParseResult parsed, long seed)
    {
        IReadOnlyList<string> workloads = _workload.Read(parsed);
        if (workloads is [TerminalPowerLoss.Workload] && IsReplayAsked(parsed))
            throw new ArgumentException($"Failures of the workload '{TerminalPowerLoss.Workload}' are not made small, and not written to a file: the seed repeats them.");
        PowerLossOptions options = new() { Seed = seed, Workloads = workloads, Durability = parsed.GetValue(_durability) };
        if (parsed.GetValue(_profile) is string profile)
            options = options with { Profiles = [CrashProfile.Find(profile) ?? throw new ArgumentException($"There is no profile '{profile}'. Known: {string.Join(", ", CrashProfile.All.Select(known => known.Name))}.")] };
        return workloads is [TerminalPowerLoss.Workload] ? new TerminalPowerLoss(options) : new PowerLossExploration(options);
    }
}
