using System.Diagnostics;
using System.Globalization;

namespace Persistence.Benchmarks;

/// <summary>How long each of several things took, each time, in milliseconds.</summary>
internal sealed class BenchmarkTimes
{
    private readonly Dictionary<string, List<double>> _times = [];

    /// <summary>Does something and takes the time.</summary>
    public void Take(BenchmarkStep step, Action work)
    {
        long started = Stopwatch.GetTimestamp();
        work();
        Add(step, [Stopwatch.GetElapsedTime(started).TotalMilliseconds]);
    }

    public void Add(BenchmarkStep step, IEnumerable<double> milliseconds) => Of(step.What).AddRange(milliseconds);

    public double Longest(BenchmarkStep step) => Of(step.What).Max();

    /// <summary>Two cells: the median and the 99th percentile.</summary>
    public string Describe(BenchmarkStep step)
    {
        double[] sorted = [.. Of(step.What).Order()];
        return sorted.Length == 0
            ? "|"
            : string.Create(CultureInfo.InvariantCulture, $"{Measurement.Median(sorted):F2} | {sorted[Math.Min(sorted.Length - 1, (int)(0.99 * sorted.Length))]:F2}");
    }

    /// <summary>For another process to read.</summary>
    public void WriteTo(TextWriter output)
    {
        foreach ((string what, List<double> milliseconds) in _times)
            output.WriteLine(string.Join('\t', [what, .. milliseconds.Select(static time => time.ToString("R", CultureInfo.InvariantCulture))]));
    }

    /// <summary>Adds what another process wrote.</summary>
    public void ReadFrom(string written)
    {
        foreach (string[] words in written.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => line.TrimEnd('\r').Split('\t')))
            Of(words[0]).AddRange(words.Skip(1).Select(static word => double.Parse(word, CultureInfo.InvariantCulture)));
    }

    private List<double> Of(string what)
    {
        if (!_times.TryGetValue(what, out List<double>? times))
            _times.Add(what, times = []);
        return times;
    }
}
