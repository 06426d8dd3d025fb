using System.Diagnostics;

namespace Persistence.Harness.Bench;

/// <summary>Statistics of what was measured.</summary>
internal static class Figures
{
    /// <summary>The middle one.</summary>
    public static double Median(IReadOnlyList<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>The value that a share of all does not exceed.</summary>
    /// <param name="values">In any order; sorted on return.</param>
    /// <param name="share">0 to 1.</param>
    public static long Percentile(long[] values, double share)
    {
        Array.Sort(values);
        return values[Math.Min((int)Math.Ceiling(values.Length * share), values.Length) - 1];
    }

    /// <summary>How long something takes, in seconds, with no garbage from before.</summary>
    public static double Time(Action action)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        long started = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}
