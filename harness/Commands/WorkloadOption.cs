using System.CommandLine;
using Persistence.CrashKit.Worker;

namespace Persistence.Harness.Commands;

/// <summary>Which workloads a verb goes through: one, or all in turns.</summary>
internal sealed class WorkloadOption
{
    public Option<string?> Option { get; } = CheckedOption.Text("--workload", $"{string.Join(", ", Workloads.Names)}. Default: all, in turns.", "a name");

    /// <exception cref="ArgumentException">There is no such workload.</exception>
    public IReadOnlyList<string> Read(ParseResult parsed)
    {
        if (parsed.GetValue(Option) is not string workload)
            return Workloads.Names;
        WorkloadMix.Require(workload);
        return [workload];
    }
}
