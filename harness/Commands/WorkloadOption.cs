using System.CommandLine;

namespace Persistence.Harness.Commands;

/// <summary>Which workloads a verb goes through: one, or all in turns.</summary>
/// <param name="names">Those it has.</param>
/// <param name="onRequest">One that it goes through only when it is asked to.</param>
internal sealed class WorkloadOption(IReadOnlyList<string> names, string? onRequest = null)
{
    public Option<string?> Option { get; } = CheckedOption.Text("--workload", $"{string.Join(", ", names)}. Default: all of these, in turns.{(onRequest is null ? "" : $" When asked for: {onRequest}.")}", "a name");

    /// <exception cref="ArgumentException">There is no such workload.</exception>
    public IReadOnlyList<string> Read(ParseResult parsed)
    {
        if (parsed.GetValue(Option) is not string workload)
            return names;
        string[] all = [.. names, .. onRequest is null ? Array.Empty<string>() : [onRequest]];
        return all.Contains(workload) ? [workload] : throw new ArgumentException($"There is no workload '{workload}'. Known: {string.Join(", ", all)}.");
    }
}
