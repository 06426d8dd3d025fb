namespace Persistence.Benchmarks;

/// <summary>One timed run of one system: what it did and what that cost.</summary>
/// <param name="Commits">Acknowledged commits.</param>
/// <param name="Elapsed">Wall time.</param>
/// <param name="Cpu">Processor time of the whole process, all threads.</param>
/// <param name="AllocatedBytes">Bytes allocated by the process.</param>
/// <param name="Flushes">Data syncs made, or 0 when the system does not say.</param>
/// <param name="LatenciesUs">Latency of each sampled commit, in microseconds, sorted.</param>
internal sealed record Sample(long Commits, TimeSpan Elapsed, TimeSpan Cpu, long AllocatedBytes, long Flushes, double[] LatenciesUs)
{
    public double CommitsPerSecond => Commits / Elapsed.TotalSeconds;

    public double CpuUsPerCommit => Cpu.TotalMicroseconds / Commits;

    public double BytesPerCommit => (double)AllocatedBytes / Commits;

    public double FlushesPerCommit => (double)Flushes / Commits;

    public double Percentile(double share) =>
        LatenciesUs.Length == 0 ? double.NaN : LatenciesUs[Math.Min(LatenciesUs.Length - 1, (int)(share * LatenciesUs.Length))];
}
