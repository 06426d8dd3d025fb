using System.Diagnostics;
using System.Globalization;
using Persistence.Checkpoints;
using Persistence.Engine;
using Persistence.Entities;

namespace Persistence.Harness.Bench.Entities;

/// <summary>
/// Checkpoints of many entities: how long one takes when nobody writes, and how large it is; how long commits of one writer take while there is none and while there is one all the time; an increment after some components were changed.
/// </summary>
/// <param name="store">A store whose state is timed.</param>
/// <param name="timer">What times it.</param>
/// <param name="state">Its entities.</param>
/// <param name="ids">Their ids.</param>
/// <param name="rounds">How often each is measured; the median counts.</param>
internal sealed class EntityCheckpointBench(PersistenceStore store, CaptureTimer timer, EntityState state, EntityId[] ids, int rounds)
{
    private const int ChangedPerCommit = 1_000;
    private const int Components = 3;
    private static readonly TimeSpan TurnMin = TimeSpan.FromSeconds(2);

    /// <summary>Full ones, one after the other, while nobody writes.</summary>
    public BenchRow MeasureFull()
    {
        List<double> seconds = [];
        CheckpointInfo info = Take(CheckpointKind.Full);
        for (int round = 0; round < rounds; round++)
            seconds.Add(Figures.Time(() => info = Take(CheckpointKind.Full)));
        double median = Figures.Median(seconds);
        return new BenchRow(
            string.Create(CultureInfo.InvariantCulture, $"checkpoint: {median:F3} s, {info.FileBytes:N0} B ({(double)info.FileBytes / ids.Length:F1} B per entity; {(double)info.RawBytes / ids.Length:F1} before it is compressed)"),
            json =>
            {
                json.WriteString("measure", "checkpoint");
                json.WriteNumber("entities", ids.Length);
                json.WriteNumber("seconds", Math.Round(median, 4));
                json.WriteNumber("bytes", info.FileBytes);
                json.WriteNumber("raw_bytes", info.RawBytes);
                json.WriteNumber("bytes_per_entity", Math.Round((double)info.FileBytes / ids.Length, 2));
            });
    }

    /// <summary>One writer, which changes one component a millisecond or so, in turns without a checkpoint and beside full ones.</summary>
    /// <param name="samplesMin">So many commits are timed at least, without and beside.</param>
    public BenchRow MeasurePause(int samplesMin)
    {
        Latencies without = new();
        Latencies during = new();
        List<double> seconds = [];
        // The first turn warms up.
        WriteMeanwhile(new Latencies(), () => TakeFor(TurnMin));
        timer.Restart();
        while (without.Count < samplesMin || during.Count < samplesMin)
        {
            WriteMeanwhile(without, static () => Thread.Sleep(TurnMin));
            WriteMeanwhile(during, () => seconds.Add(TakeFor(TurnMin)));
        }

        return PauseRow(without, during, Figures.Median(seconds), timer.Longest.TotalMilliseconds);
    }

    /// <summary>One after one component in a hundred was changed, at random.</summary>
    public BenchRow MeasureIncrement()
    {
        List<double> seconds = [];
        int changes = Components * ids.Length / 100;
        CheckpointInfo full = Take(CheckpointKind.Full);
        CheckpointInfo increment = full;
        for (int round = 0; round < rounds; round++)
        {
            Change(changes);
            seconds.Add(Figures.Time(() => increment = Take(CheckpointKind.Incremental)));
        }

        double median = Figures.Median(seconds);
        return new BenchRow(
            string.Create(CultureInfo.InvariantCulture, $"increment after {changes:N0} components were changed: {median:F3} s, {increment.FileBytes:N0} B ({100.0 * increment.FileBytes / full.FileBytes:F1} % of a full one, {(double)increment.FileBytes / changes:F1} B per change)"),
            json =>
            {
                json.WriteString("measure", "increment");
                json.WriteNumber("entities", ids.Length);
                json.WriteNumber("changes", changes);
                json.WriteNumber("seconds", Math.Round(median, 4));
                json.WriteNumber("bytes", increment.FileBytes);
                json.WriteNumber("full_bytes", full.FileBytes);
            });
    }

    private CheckpointInfo Take(CheckpointKind kind) => store.TakeCheckpoint(new CheckpointRequest { Kind = kind });

    private BenchRow PauseRow(Latencies without, Latencies during, double seconds, double quiescedMs) => new(
        string.Create(
            CultureInfo.InvariantCulture,
            $"one writer: p50 {without.Milliseconds(0.5):F3}, p99 {without.Milliseconds(0.99):F3}, p99.9 {without.Milliseconds(0.999):F3}, longest {without.Milliseconds(1):F3} ms without a checkpoint ({without.Count:N0} commits); p50 {during.Milliseconds(0.5):F3}, p99 {during.Milliseconds(0.99):F3}, p99.9 {during.Milliseconds(0.999):F3}, longest {during.Milliseconds(1):F3} ms beside one ({during.Count:N0}), which takes {seconds:F2} s; the log stands still for {quiescedMs:F3} ms at most"),
        json =>
        {
            json.WriteString("measure", "pause");
            json.WriteNumber("entities", ids.Length);
            Write(json, "without", without);
            Write(json, "during", during);
            json.WriteNumber("quiesced_max_ms", Math.Round(quiescedMs, 4));
            json.WriteNumber("seconds", Math.Round(seconds, 3));
        });

    private static void Write(System.Text.Json.Utf8JsonWriter json, string which, Latencies latencies)
    {
        json.WriteNumber($"p50_{which}_ms", Math.Round(latencies.Milliseconds(0.5), 4));
        json.WriteNumber($"p99_{which}_ms", Math.Round(latencies.Milliseconds(0.99), 4));
        json.WriteNumber($"p999_{which}_ms", Math.Round(latencies.Milliseconds(0.999), 4));
        json.WriteNumber($"max_{which}_ms", Math.Round(latencies.Milliseconds(1), 4));
        json.WriteNumber($"samples_{which}", latencies.Count);
    }

    private void WriteMeanwhile(Latencies latencies, Action meanwhile)
    {
        using CancellationTokenSource stop = new();
        Thread writer = new(() => Write(latencies, stop.Token));
        writer.Start();
        meanwhile();
        stop.Cancel();
        writer.Join();
    }

    private void Write(Latencies latencies, CancellationToken stop)
    {
        Random random = new();
        EntityBatch batch = state.CreateBatch();
        List<long> own = [];
        while (!stop.IsCancellationRequested)
        {
            long started = Stopwatch.GetTimestamp();
            batch.Set(ids[random.Next(ids.Length)], EntitySamples.NextPosition(random));
            state.Commit(batch);
            own.Add(Stopwatch.GetTimestamp() - started);
            Thread.Sleep(1);
        }

        latencies.Add(own);
    }

    /// <returns>Seconds that one took.</returns>
    private double TakeFor(TimeSpan time)
    {
        long started = Stopwatch.GetTimestamp();
        int count = 0;
        do
        {
            Take(CheckpointKind.Full);
            count++;
        }
        while (Stopwatch.GetElapsedTime(started) < time);
        return Stopwatch.GetElapsedTime(started).TotalSeconds / count;
    }

    private void Change(int changes)
    {
        Random random = new();
        EntityBatch batch = state.CreateBatch();
        for (int i = 0; i < changes; i++)
        {
            EntityId entity = ids[random.Next(ids.Length)];
            switch (i % Components)
            {
                case 0:
                    batch.Set(entity, EntitySamples.NextPosition(random));
                    break;
                case 1:
                    batch.Set(entity, new Name(string.Create(CultureInfo.InvariantCulture, $"change-{i:D9}")));
                    break;
                default:
                    batch.Set(entity, new Owner(ids[random.Next(ids.Length)], i));
                    break;
            }

            if (batch.Count == ChangedPerCommit)
                state.Commit(batch);
        }

        if (batch.Count > 0)
            state.Commit(batch);
    }
}
