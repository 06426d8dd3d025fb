using System.Diagnostics;
using System.Globalization;
using Persistence.Checkpoints;
using Persistence.Configuration;
using Persistence.Engine;
using Persistence.KeyValue;
using Persistence.Serialization;

namespace Persistence.Harness.Bench;

/// <summary>
/// What a checkpoint of many keys costs those who write meanwhile: two writers change keys at random, and how long each change takes is noted, in turns without and with a full checkpoint
/// being taken all the time. Then one key in a hundred is changed, and an increment taken.
/// </summary>
/// <param name="directory">Where the store goes.</param>
/// <param name="keys">How many keys.</param>
/// <param name="samplesMin">Changes to be timed, at least, with as without.</param>
internal sealed class CheckpointBench(string directory, int keys, int samplesMin)
{
    private const int Writers = 2;
    private const int ValueBytes = 100;
    private const double Share = 0.999;
    private static readonly TimeSpan TurnMin = TimeSpan.FromSeconds(2);

    private readonly byte[] _value = MakeValue();

    /// <summary>Measures one durability.</summary>
    public BenchRow Run(DurabilityMode durability)
    {
        string path = Path.Combine(directory, $"checkpoint-{durability}");
        StoreOptions options = new() { Durability = durability, CheckpointLogBytes = 0, CheckpointCloseBytes = 0, CheckpointsRetained = 1, LogRetainBytes = 0 };
        Fill(path, options);
        KeyValueState state = new();
        using PersistenceStore store = PersistenceStore.Open(StoreHost.ForDirectory(path), options, [state]);
        Latencies without = new();
        Latencies during = new();
        List<double> seconds = [];
        // The first turn warms up.
        Measure(state, new Latencies(), () => Rest(store, TurnMin));
        while (without.Count < samplesMin || during.Count < samplesMin)
        {
            Measure(state, without, () => Rest(store, TurnMin));
            Measure(state, during, () => seconds.Add(TakeFor(store, TurnMin)));
        }

        CheckpointInfo full = store.TakeCheckpoint(new CheckpointRequest { Kind = CheckpointKind.Full });
        for (int i = 0; i < keys; i += 100)
            state.Set(KeyOf(i), _value);
        CheckpointInfo increment = store.TakeCheckpoint(new CheckpointRequest { Kind = CheckpointKind.Incremental });
        return Row(durability, without, during, full, increment, seconds.Min());
    }

    private BenchRow Row(DurabilityMode durability, Latencies without, Latencies during, CheckpointInfo full, CheckpointInfo increment, double seconds)
    {
        double before = without.Milliseconds(Share);
        double meanwhile = during.Milliseconds(Share);
        return new BenchRow(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{durability,-5} {keys:N0} keys: p99.9 {before:F3} ms without ({without.Count:N0} samples), {meanwhile:F3} ms during ({during.Count:N0}), +{meanwhile - before:F3} ms, {meanwhile / before:F2} x; full {full.FileBytes:N0} B, increment after 1 % {increment.FileBytes:N0} B ({100.0 * increment.FileBytes / full.FileBytes:F1} %); {seconds:F2} s"),
            json =>
            {
                json.WriteString("durability", durability.ToString());
                json.WriteNumber("keys", keys);
                json.WriteNumber("p999_without_ms", Math.Round(before, 4));
                json.WriteNumber("p999_during_ms", Math.Round(meanwhile, 4));
                json.WriteNumber("samples_without", without.Count);
                json.WriteNumber("samples_during", during.Count);
                json.WriteNumber("full_bytes", full.FileBytes);
                json.WriteNumber("increment_bytes", increment.FileBytes);
                json.WriteNumber("full_raw_bytes", full.RawBytes);
                json.WriteNumber("increment_raw_bytes", increment.RawBytes);
                json.WriteNumber("seconds", Math.Round(seconds, 3));
            });
    }

    /// <summary>Writers write and note for as long as something else goes on.</summary>
    private void Measure(KeyValueState state, Latencies samples, Action meanwhile)
    {
        using CancellationTokenSource stop = new();
        Thread[] writers = [.. Enumerable.Range(0, Writers).Select(_ => new Thread(() => Write(state, samples, stop.Token)))];
        foreach (Thread writer in writers)
            writer.Start();
        meanwhile();
        stop.Cancel();
        foreach (Thread writer in writers)
            writer.Join();
    }

    private void Write(KeyValueState state, Latencies samples, CancellationToken stop)
    {
        Random random = new();
        List<long> own = [];
        while (!stop.IsCancellationRequested)
        {
            string key = KeyOf(random.Next(keys));
            long started = Stopwatch.GetTimestamp();
            state.Set(key, _value);
            own.Add(Stopwatch.GetTimestamp() - started);
        }

        samples.Add(own);
    }

    /// <summary>Checkpoints one after the other for a while.</summary>
    /// <returns>Seconds that one took.</returns>
    private static double TakeFor(PersistenceStore store, TimeSpan time)
    {
        long started = Stopwatch.GetTimestamp();
        int count = 0;
        do
        {
            store.TakeCheckpoint(new CheckpointRequest { Kind = CheckpointKind.Full });
            count++;
        }
        while (Stopwatch.GetElapsedTime(started) < time);
        return Stopwatch.GetElapsedTime(started).TotalSeconds / count;
    }

    /// <summary>Without a flush now and then what was not promised would pile up in None mode, and the first checkpoint pay for it.</summary>
    private static void Rest(PersistenceStore store, TimeSpan time)
    {
        Thread.Sleep(time);
        if (store.Options.Durability != DurabilityMode.Sync)
            store.Flush();
    }

    private void Fill(string path, StoreOptions options)
    {
        PersistenceStore.Create(StoreHost.ForNewDirectory(path), options);
        KeyValueState state = new();
        using PersistenceStore store = PersistenceStore.Open(StoreHost.ForDirectory(path), options with { Durability = DurabilityMode.None }, [state]);
        for (int i = 0; i < keys; i++)
            state.Set(KeyOf(i), _value);
        store.Close();
    }

    private static string KeyOf(int number) => string.Create(CultureInfo.InvariantCulture, $"key-{number:D9}");

    private static byte[] MakeValue()
    {
        byte[] content = new byte[ValueBytes];
        new Random(1).NextBytes(content);
        GrowableBuffer value = new(ValueBytes + 16);
        new MessagePackWriter(value).WriteBinary(content);
        return value.WrittenSpan.ToArray();
    }
}
