using System.Diagnostics;

namespace Persistence.Harness.Bench;

/// <summary>How long calls took, noted by several threads.</summary>
internal sealed class Latencies
{
    private readonly List<long> _ticks = [];

    /// <summary>How many were noted.</summary>
    public int Count => _ticks.Count;

    /// <summary>Adds what one thread has noted, in the stopwatch's ticks.</summary>
    public void Add(List<long> ticks)
    {
        lock (_ticks)
            _ticks.AddRange(ticks);
    }

    /// <summary>What a share of the calls (0 to 1) did not exceed, in milliseconds.</summary>
    public double Milliseconds(double share) => Figures.Percentile([.. _ticks], share) * 1000.0 / Stopwatch.Frequency;
}
