using System.Diagnostics;
using Persistence.Configuration;
using Persistence.Engine;
using Persistence.State;
using Persistence.Storage;
using Persistence.Storage.Disk;

namespace Persistence.Benchmarks;

/// <summary>
/// Durable commits against a bare loop of write + data sync on the same disk, in interleaved rounds: the disk's own rate swings, so only
/// ratios inside one round are compared, and medians over the rounds reported.
/// </summary>
internal sealed class LogBenchmark
{
    private const int PayloadBytes = 100;
    private const int FrameBytes = 4096;
    private readonly string _directory;
    private readonly TimeSpan _roundTime;
    private readonly int _rounds;
    private readonly TimeSpan _flushAtLeast;

    public LogBenchmark(string directory, TimeSpan roundTime, int rounds, TimeSpan flushAtLeast)
    {
        _directory = directory;
        _roundTime = roundTime;
        _rounds = rounds;
        _flushAtLeast = flushAtLeast;
    }

    public void Run(TextWriter output)
    {
        Dictionary<string, List<(Sample Sample, double TimesRaw)>> results = [];
        List<Sample> raws = [];
        for (int round = 0; round < _rounds; round++)
        {
            foreach ((string name, Func<Sample> measure) in Systems())
            {
                Sample raw = MeasureRaw();
                Sample sample = measure();
                Sample rawAfter = MeasureRaw();
                double rawRate = (raw.CommitsPerSecond + rawAfter.CommitsPerSecond) / 2;
                raws.Add(raw);
                if (!results.TryGetValue(name, out List<(Sample, double)>? list))
                    results[name] = list = [];
                list.Add((sample, sample.CommitsPerSecond / rawRate));
            }
        }

        output.WriteLine($"flush at least {_flushAtLeast.TotalMicroseconds:F0} us; raw: {Measurement.Median(raws.Select(raw => raw.CommitsPerSecond)):F0} write+sync of {FrameBytes} B per second, p50 {Measurement.Median(raws.Select(raw => raw.Percentile(0.5))):F0} us, {Measurement.Median(raws.Select(raw => raw.CpuUsPerCommit)):F1} us CPU; {_rounds} rounds of {_roundTime.TotalSeconds:F1} s");
        output.WriteLine();
        output.WriteLine("| system | commits/s | × raw | flushes/commit | CPU µs/commit | bytes allocated/commit | p50 µs | p99 µs |");
        output.WriteLine("|---|---|---|---|---|---|---|---|");
        foreach ((string name, List<(Sample Sample, double TimesRaw)> list) in results)
        {
            output.WriteLine(
                $"| {name} | {Median(list, s => s.CommitsPerSecond):F0} | {Measurement.Median(list.Select(r => r.TimesRaw)):F2} | {Median(list, s => s.FlushesPerCommit):F3} | {Median(list, s => s.CpuUsPerCommit):F2} | {Median(list, s => s.BytesPerCommit):F0} | {Median(list, s => s.Percentile(0.5)):F0} | {Median(list, s => s.Percentile(0.99)):F0} |");
        }
    }

    private static double Median(List<(Sample Sample, double TimesRaw)> list, Func<Sample, double> pick) => Measurement.Median(list.Select(r => pick(r.Sample)));

    private IEnumerable<(string Name, Func<Sample> Measure)> Systems() =>
    [
        ("engine, 1 synchronous committer", () => MeasureThreads(1)),
        ("engine, 64 synchronous threads", () => MeasureThreads(64)),
        ("engine, 1,024 asynchronous", () => MeasureAsync(1024)),
        ("SQLite WAL, synchronous=FULL, 1 committer", () => SqliteBenchmark.Measure(Fresh("sqlite"), _roundTime, PayloadBytes)),
    ];

    private string Fresh(string name)
    {
        string path = Path.Combine(_directory, $"{name}-{Guid.NewGuid():N}");
        Directory.CreateDirectory(path);
        return path;
    }

    /// <summary>The bare loop: one sector-aligned write and one data sync per commit, in a file filled with zeros beforehand.</summary>
    private Sample MeasureRaw()
    {
        string path = Fresh("raw");
        using DiskFileSystem disk = DiskFileSystem.Open(path);
        SlowedFileSystem files = new(disk, _flushAtLeast);
        using IFile file = files.Open("raw", FileIntent.CreateNew);
        const int fileBytes = 16 << 20;
        file.Write(new byte[fileBytes], 0);
        file.Sync();
        byte[] frame = new byte[FrameBytes];
        Random.Shared.NextBytes(frame);
        Sample sample = Measurement.Take(() =>
        {
            List<long> ticks = [];
            long end = Stopwatch.GetTimestamp() + (long)(_roundTime.TotalSeconds * Stopwatch.Frequency);
            long now = Stopwatch.GetTimestamp();
            for (long i = 0; now < end; i++)
            {
                file.Write(frame, i * FrameBytes % fileBytes);
                file.SyncData();
                long after = Stopwatch.GetTimestamp();
                ticks.Add(after - now);
                now = after;
            }

            return (ticks.Count, ticks.Count, ticks);
        });
        file.Dispose();
        Directory.Delete(path, recursive: true);
        return sample;
    }

    private Sample MeasureThreads(int threads) => WithStore(store => Measurement.Take(() =>
    {
        long flushes = store.GetStatus().Log.Flushes;
        long end = Stopwatch.GetTimestamp() + (long)(_roundTime.TotalSeconds * Stopwatch.Frequency);
        List<long>[] ticks = [.. Enumerable.Range(0, threads).Select(_ => new List<long>(1 << 16))];
        Thread[] workers = [.. Enumerable.Range(0, threads).Select(i => new Thread(() => CommitUntil(store, end, ticks[i]), 256 << 10))];
        foreach (Thread worker in workers)
            worker.Start();
        foreach (Thread worker in workers)
            worker.Join();
        return (ticks.Sum(list => (long)list.Count), store.GetStatus().Log.Flushes - flushes, ticks.SelectMany(list => list));
    }));

    private static void CommitUntil(PersistenceStore store, long end, List<long> ticks)
    {
        byte[] value = Value();
        long now = Stopwatch.GetTimestamp();
        while (now < end)
        {
            store.AppendRecord("bench", value);
            long after = Stopwatch.GetTimestamp();
            ticks.Add(after - now);
            now = after;
        }
    }

    private Sample MeasureAsync(int committers) => WithStore(store => Measurement.Take(() =>
    {
        long flushes = store.GetStatus().Log.Flushes;
        long end = Stopwatch.GetTimestamp() + (long)(_roundTime.TotalSeconds * Stopwatch.Frequency);
        Task<long>[] tasks = [.. Enumerable.Range(0, committers).Select(_ => CommitUntilAsync(store, end))];
        long commits = Task.WhenAll(tasks).GetAwaiter().GetResult().Sum();
        return (commits, store.GetStatus().Log.Flushes - flushes, []);
    }));

    private static async Task<long> CommitUntilAsync(PersistenceStore store, long end)
    {
        byte[] value = Value();
        State.CommandBatch batch = new();
        long commits = 0;
        while (Stopwatch.GetTimestamp() < end)
        {
            batch.Clear();
            ApplicationRecord.AddTo(batch, "bench", value);
            await store.CommitAsync(batch).ConfigureAwait(false);
            commits++;
        }

        return commits;
    }

    private Sample WithStore(Func<PersistenceStore, Sample> measure)
    {
        string path = Fresh("store");
        StoreHost host = StoreHost.ForDirectory(path);
        StoreHost slowed = host with { Files = new SlowedFileSystem(host.Files, _flushAtLeast) };
        StoreOptions options = new()
        {
            SpareSegments = 8, LogRetainBytes = 0, CheckpointsRetained = 1, CheckpointLogBytes = 0, CheckpointCloseBytes = long.MaxValue,
        };
        PersistenceStore.Create(slowed, options);
        Sample sample;
        using (PersistenceStore store = PersistenceStore.Open(slowed, options, []))
        {
            Warm(store);
            sample = measure(store);
        }

        (host.Files as IDisposable)?.Dispose();
        Directory.Delete(path, recursive: true);
        return sample;
    }

    /// <summary>Brings the log to its steady state: segments that have been used, retired and recycled.</summary>
    private static void Warm(PersistenceStore store)
    {
        byte[] large = new byte[(1 << 20) + 5];
        large[0] = 0xC6;
        large[2] = 0x10;
        for (int i = 0; i < 144; i++)
            store.AppendRecord("warm", large);
        store.TakeCheckpoint();
        store.TakeCheckpoint();
        byte[] value = Value();
        for (int i = 0; i < 200; i++)
            store.AppendRecord("warm", value);
    }

    private static byte[] Value()
    {
        byte[] value = new byte[PayloadBytes + 2];
        value[0] = 0xC4;
        value[1] = PayloadBytes;
        return value;
    }
}
