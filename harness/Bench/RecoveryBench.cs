using System.Globalization;
using Persistence.Configuration;
using Persistence.Engine;
using Persistence.KeyValue;
using Persistence.Serialization;

namespace Persistence.Harness.Bench;

/// <summary>
/// Recovery of a log of many entries with keys of their own, against a plain sequential read of the same files with their CRC-32C: once as a scan, which verifies, decodes and dispatches,
/// and once rebuilding the key-value state. The same files are read in turns; medians count.
/// </summary>
/// <param name="directory">Where the store goes.</param>
/// <param name="entries">How many entries.</param>
/// <param name="size">Bytes of each value.</param>
/// <param name="rounds">How often each is measured.</param>
internal sealed class RecoveryBench(string directory, int entries, int size, int rounds)
{
    /// <summary>The verb of the process that opens a store once and tells its peak of memory.</summary>
    public const string OpenVerb = "bench-open";

    private const string Scan = "scan";
    private const string KeyValue = "keyvalue";

    /// <summary>Measures.</summary>
    public IEnumerable<BenchRow> Run()
    {
        string path = Path.Combine(directory, "recovery");
        Fill(path);
        List<double> plain = [];
        Dictionary<string, List<double>> seconds = new() { [Scan] = [], [KeyValue] = [] };
        for (int round = 0; round <= rounds; round++)
        {
            double read = Figures.Time(() => PlainRead.Run(Path.Combine(path, "wal"), "*.wal"));
            double scanned = Figures.Time(() => Open(path, Scan));
            double rebuilt = Figures.Time(() => Open(path, KeyValue));
            // The first warms up.
            if (round == 0)
                continue;
            plain.Add(read);
            seconds[Scan].Add(scanned);
            seconds[KeyValue].Add(rebuilt);
        }

        double bare = Figures.Median(plain);
        foreach (string model in seconds.Keys)
            yield return Row(model, Figures.Median(seconds[model]), bare, MeasurePeak(path, model));
    }

    /// <summary>The child process: opens, and says how many bytes of memory it came to at most.</summary>
    public static int OpenOnce(string path, string model, TextWriter output)
    {
        Open(path, model);
        output.WriteLine(BenchProcess.MeasurePeak().ToString(CultureInfo.InvariantCulture));
        return 0;
    }

    private BenchRow Row(string model, double seconds, double plain, long peak) => new(
        string.Create(CultureInfo.InvariantCulture, $"{model,-9} {entries,10:N0} entries of {size} B: {seconds * 1000,8:F1} ms, {seconds / plain,5:F2} x plain read + CRC-32C ({plain * 1000:F1} ms), peak {peak / 1048576.0,6:F0} MiB"),
        json =>
        {
            json.WriteString("model", model);
            json.WriteNumber("entries", entries);
            json.WriteNumber("size", size);
            json.WriteNumber("seconds", Math.Round(seconds, 6));
            json.WriteNumber("read_crc_seconds", Math.Round(plain, 6));
            json.WriteNumber("ratio_to_read_crc", Math.Round(seconds / plain, 3));
            json.WriteNumber("peak_bytes", peak);
        });

    private void Fill(string path)
    {
        StoreHost host = StoreHost.ForNewDirectory(path);
        StoreOptions options = new() { Durability = DurabilityMode.None, CheckpointLogBytes = 0, CheckpointCloseBytes = long.MaxValue, LogRetainBytes = long.MaxValue };
        PersistenceStore.Create(host, options);
        KeyValueState state = new();
        using PersistenceStore store = PersistenceStore.Open(host, options, [state]);
        GrowableBuffer value = new(size + 16);
        new MessagePackWriter(value).WriteBinary(new byte[size]);
        for (int i = 0; i < entries; i++)
            state.Set(string.Create(CultureInfo.InvariantCulture, $"key-{i:D9}"), value.WrittenSpan);
        store.Close();
    }

    private static void Open(string path, string model)
    {
        using PersistenceStore store = PersistenceStore.OpenReadOnly(StoreHost.ForDirectory(path), [model == Scan ? new CountingState() : new KeyValueState()]);
        GC.KeepAlive(store.RecoveryReport);
    }

    private static long MeasurePeak(string path, string model) => (long)BenchProcess.Run(OpenVerb, path, model)[0];
}
