using System.CommandLine;

namespace Persistence.Harness.Commands;

/// <summary>Which workloads a verb goes through: one, or all in turns.</summary>
/// <param name="names">Those it has.</param>
internal sealed class WorkloadOption(IReadOnlyList<string> names)
{
    public Option<string?> Option { get; } = CheckedOption.Text("--workload", $"{string.Join(", ", names)}. Default: all, in turns.", "a name");

    /// <exception cref="ArgumentException">There is no such workload.</exception>
    public IReadOnlyList<string> Read(ParseResult parsed)
    {
        if (parsed.GetValue(Option) is not string workload)
            return names;
        return names.Contains(workload) ? [workload] : throw new ArgumentException($"There is no workload '{workload}'. Known: {string.Join(", ", names)}.");
    }
}
