using System.Diagnostics;
using System.Globalization;
using Persistence.Configuration;
using Persistence.Engine;
using Persistence.KeyValue;
using Persistence.Serialization;

namespace Persistence.Benchmarks;

/// <summary>Recovery of a log of many entries, against reading and checksumming the same files.</summary>
internal sealed class RecoveryBenchmark(string directory, int rounds)
{
    public const string PeakVerb = "recovery-peak";

    public void Run(TextWriter output, int entries, int payloadBytes)
    {
        string path = Path.Combine(directory, $"recovery-{Guid.NewGuid():N}");
        Write(path, entries, payloadBytes);
        List<double> plain = [];
        List<double> rebuild = [];
        for (int round = 0; round <= rounds; round++)
        {
            double read = Time(() => ReadPlain(path));
            double opened = Time(() => OpenReadOnly(path));
            if (round == 0)
                continue;
            plain.Add(read);
            rebuild.Add(opened);
        }

        double medianPlain = Measurement.Median(plain);
        double median = Measurement.Median(rebuild);
        output.WriteLine($"| key-value, {entries:N0} entries of {payloadBytes} B, distinct keys | {median * 1000:F1} ms | {medianPlain * 1000:F1} ms | {median / medianPlain:F1} | {MeasureMemory(path) / 1048576.0:F1} MiB | {MeasurePeak(path) / 1048576.0:F0} MiB |");
        Directory.Delete(path, recursive: true);
    }

    private static void Write(string path, int entries, int payloadBytes)
    {
        StoreHost host = StoreHost.ForNewDirectory(path);
        StoreOptions options = new() { Durability = DurabilityMode.None, CheckpointLogBytes = 0, CheckpointCloseBytes = long.MaxValue, LogRetainBytes = long.MaxValue };
        PersistenceStore.Create(host, options);
        KeyValueState state = new();
        using PersistenceStore store = PersistenceStore.Open(host, options, [state]);
        byte[] value = new byte[payloadBytes + 3];
        value[0] = 0xC5;
        value[1] = (byte)(payloadBytes >> 8);
        value[2] = (byte)payloadBytes;
        for (int i = 0; i < entries; i++)
            state.Set($"key-{i:D8}", value);
        store.Close();
    }

    private static void ReadPlain(string path)
    {
        byte[] buffer = new byte[1 << 20];
        uint crc = 0;
        foreach (string file in Directory.GetFiles(Path.Combine(path, "wal"), "*.wal").Order())
        {
            using FileStream stream = new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
            int read;
            while ((read = stream.Read(buffer)) > 0)
                crc = Crc32C.Append(crc, buffer.AsSpan(0, read));
        }

        GC.KeepAlive(crc);
    }

    private static void OpenReadOnly(string path)
    {
        KeyValueState state = new();
        using PersistenceStore store = PersistenceStore.OpenReadOnly(StoreHost.ForDirectory(path), [state]);
        GC.KeepAlive(state.Count);
    }

    /// <summary>What a store that was opened keeps, in bytes.</summary>
    private static long MeasureMemory(string path)
    {
        long before = GC.GetTotalMemory(forceFullCollection: true);
        KeyValueState state = new();
        using PersistenceStore store = PersistenceStore.OpenReadOnly(StoreHost.ForDirectory(path), [state]);
        long after = GC.GetTotalMemory(forceFullCollection: true);
        GC.KeepAlive(state);
        return after - before;
    }

    /// <summary>Opens a store and says how many bytes of memory the process came to at most.</summary>
    public static void OpenAndTellPeak(string path, TextWriter output)
    {
        OpenReadOnly(path);
        using Process process = Process.GetCurrentProcess();
        output.WriteLine(process.PeakWorkingSet64);
    }

    /// <summary>The peak of a process of its own, the runtime included.</summary>
    private static long MeasurePeak(string path)
    {
        using Process process = LockContender.Start(PeakVerb, path);
        long peak = long.Parse(process.StandardOutput.ReadToEnd(), CultureInfo.InvariantCulture);
        process.WaitForExit();
        return peak;
    }

    private static double Time(Action action)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        long started = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}
