using System.Diagnostics;
using System.Globalization;
using Persistence.Engine;
using Persistence.Entities;

namespace Persistence.Harness.Bench.Entities;

/// <summary>Opening a store of entities for reading, in turns with a plain read of the files that this reads most of, and their CRC-32C. Medians count. A process of its own says what memory it takes.</summary>
/// <param name="path">The store.</param>
/// <param name="entities">How many entities it has.</param>
/// <param name="rounds">How often each is measured.</param>
internal sealed class EntityRestoreBench(string path, int entities, int rounds)
{
    /// <summary>The verb of the process that opens a store of entities once.</summary>
    public const string OpenVerb = "bench-open-entities";

    /// <summary>The child process: opens, and says how long that took in seconds, how many bytes of memory it came to at most, and how many the state has.</summary>
    public static int OpenOnce(string path, TextWriter output)
    {
        long before = GC.GetTotalMemory(forceFullCollection: true);
        EntityState state = new();
        long started = Stopwatch.GetTimestamp();
        using PersistenceStore store = EntityStores.OpenReadOnly(path, state);
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        long peak = BenchProcess.MeasurePeak();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{seconds} {peak} {GC.GetTotalMemory(forceFullCollection: true) - before}"));
        GC.KeepAlive(state);
        return 0;
    }

    /// <summary>Measures.</summary>
    /// <param name="from">What it is restored from: in words.</param>
    /// <param name="directory">The directory with most of what is read.</param>
    public BenchRow Measure(string from, string directory)
    {
        List<double> plain = [];
        List<double> opened = [];
        for (int round = 0; round <= rounds; round++)
        {
            double read = Figures.Time(() => PlainRead.Run(Path.Combine(path, directory), "*"));
            double open = Figures.Time(Open);
            // The first warms up.
            if (round == 0)
                continue;
            plain.Add(read);
            opened.Add(open);
        }

        return Row(from, Figures.Median(opened), Figures.Median(plain), BenchProcess.Run(OpenVerb, path));
    }

    private BenchRow Row(string from, double seconds, double plain, double[] told) => new(
        string.Create(
            CultureInfo.InvariantCulture,
            $"restored from the {from}: {seconds:F3} s ({entities / seconds:N0} entities/s; {seconds / plain:F1} x plain read + CRC-32C, {plain * 1000:F1} ms; {told[0]:F3} s in a process of its own); {told[2] / entities:F0} B of memory per entity, peak {told[1] / 1048576:F0} MiB"),
        json =>
        {
            json.WriteString("measure", "restore");
            json.WriteString("from", from);
            json.WriteNumber("entities", entities);
            json.WriteNumber("seconds", Math.Round(seconds, 4));
            json.WriteNumber("entities_per_second", Math.Round(entities / seconds));
            json.WriteNumber("read_crc_seconds", Math.Round(plain, 6));
            json.WriteNumber("ratio_to_read_crc", Math.Round(seconds / plain, 2));
            json.WriteNumber("process_seconds", Math.Round(told[0], 4));
            json.WriteNumber("peak_bytes", told[1]);
            json.WriteNumber("memory_bytes_per_entity", Math.Round(told[2] / entities, 1));
        });

    private void Open()
    {
        using PersistenceStore store = EntityStores.OpenReadOnly(path, new EntityState());
        GC.KeepAlive(store.RecoveryReport);
    }
}
