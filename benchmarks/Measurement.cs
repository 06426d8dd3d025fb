using System.Diagnostics;

namespace Persistence.Benchmarks;

/// <summary>Takes a <see cref="Sample"/> around a piece of work.</summary>
internal static class Measurement
{
    /// <summary>Runs <paramref name="work"/>, which returns commits, flushes and latencies in Stopwatch ticks.</summary>
    public static Sample Take(Func<(long Commits, long Flushes, IEnumerable<long> LatencyTicks)> work)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Process process = Process.GetCurrentProcess();
        TimeSpan cpu = process.TotalProcessorTime;
        long allocated = GC.GetTotalAllocatedBytes(precise: true);
        long started = Stopwatch.GetTimestamp();
        (long commits, long flushes, IEnumerable<long> ticks) = work();
        TimeSpan elapsed = Stopwatch.GetElapsedTime(started);
        long allocatedAfter = GC.GetTotalAllocatedBytes(precise: true);
        process.Refresh();
        TimeSpan cpuAfter = process.TotalProcessorTime;
        double[] latencies = [.. ticks.Select(tick => tick * 1e6 / Stopwatch.Frequency).Order()];
        return new Sample(commits, elapsed, cpuAfter - cpu, allocatedAfter - allocated, flushes, latencies);
    }

    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }
}
