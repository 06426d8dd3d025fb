using System.Diagnostics;
using System.Globalization;
using System.Text;
using Persistence.Checkpoints;
using Persistence.Configuration;
using Persistence.Engine;
using Persistence.Platform;
using Persistence.Storage.Disk;
using Persistence.Terminals;
using Persistence.Terminals.Pty;

namespace Persistence.Harness.Bench;

/// <summary>
/// Terminals: how fast the output of one program goes into durable scrollback, against reading the same program's terminal and keeping nothing; what many panes with long scrollback take in memory, how long
/// they take to come back, and how long it is until a line of them is read; how long a checkpoint of many panes takes.
/// </summary>
/// <param name="directory">Where stores go.</param>
/// <param name="megabytes">How much the one program writes.</param>
/// <param name="panes">How many panes have long scrollback.</param>
/// <param name="lines">How many lines each.</param>
/// <param name="manyPanes">How many panes the checkpoint is of.</param>
/// <param name="rounds">How often each is measured; the median counts.</param>
internal sealed class TerminalsBench(string directory, int megabytes, int panes, int lines, int manyPanes, int rounds)
{
    /// <summary>The verb of the process that opens a store of terminals once and says what that took.</summary>
    public const string OpenVerb = "bench-open-terminals";

    /// <summary>The verb of the process that fills one, and says how many bytes of memory it came to at most.</summary>
    public const string FillVerb = "bench-fill-terminals";

    private const int LineBytes = 80;
    private const double Mebibyte = 1 << 20;

    private static readonly StoreOptions Options = new() { CheckpointCloseBytes = long.MaxValue };

    /// <summary>Measures.</summary>
    public IEnumerable<BenchRow> Run()
    {
        foreach (DurabilityMode durability in (DurabilityMode[])[DurabilityMode.Sync, DurabilityMode.None])
            yield return MeasureThroughput(durability);
        yield return MeasureScrollback();
        yield return MeasureCheckpoint();
    }

    /// <summary>The child process: opens, reads the last line of a pane and the first one, and says how long each took in milliseconds, and how many bytes of memory it came to at most and has in the end.</summary>
    public static int OpenOnce(string path, TextWriter output)
    {
        TerminalState state = new();
        long started = Stopwatch.GetTimestamp();
        using PersistenceStore store = PersistenceStore.OpenReadOnly(StoreHost.ForDirectory(path), [state]);
        double opened = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        PaneOutput pane = state.FindOutput(state.Tree.Panes.Keys.First())!;
        started = Stopwatch.GetTimestamp();
        Require(pane.ReadNext(pane.FindLine(1)));
        double last = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        started = Stopwatch.GetTimestamp();
        Require(pane.ReadNext(pane.FindStart()));
        double first = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{opened} {last} {first} {BenchProcess.MeasurePeak()} {GC.GetTotalMemory(forceFullCollection: true)}"));
        return 0;
    }

    /// <summary>The child process: writes a store full.</summary>
    public static int FillOnce(string path, string panes, string lines, TextWriter output)
    {
        Fill(path, int.Parse(panes, CultureInfo.InvariantCulture), int.Parse(lines, CultureInfo.InvariantCulture));
        output.WriteLine(BenchProcess.MeasurePeak().ToString(CultureInfo.InvariantCulture));
        return 0;
    }

    private static void Require(OutputPiece? piece)
    {
        if (piece is null)
            throw new IOException("The store has no output.");
    }

    private BenchRow MeasureThroughput(DurabilityMode durability)
    {
        List<double> bare = [];
        List<double> kept = [];
        for (int round = 0; round <= rounds; round++)
        {
            double plain = megabytes / ReadPlain();
            double durable = megabytes / ReadIntoStore(Path.Combine(directory, $"throughput-{durability}-{round}"), durability);
            // The first warms up.
            if (round == 0)
                continue;
            bare.Add(plain);
            kept.Add(durable);
        }

        double speed = Figures.Median(kept);
        double plainSpeed = Figures.Median(bare);
        return new BenchRow(
            string.Create(CultureInfo.InvariantCulture, $"{durability,-5} one pane: {speed:F0} MB/s into durable scrollback, {plainSpeed:F0} MB/s read and dropped ({speed / plainSpeed:F2} x)"),
            json =>
            {
                json.WriteString("measure", "throughput");
                json.WriteString("durability", durability.ToString());
                json.WriteNumber("mb_per_second", Math.Round(speed, 1));
                json.WriteNumber("plain_mb_per_second", Math.Round(plainSpeed, 1));
                json.WriteNumber("ratio", Math.Round(speed / plainSpeed, 3));
            });
    }

    private string[] Arguments => ["-c", string.Create(CultureInfo.InvariantCulture, $"stty raw; yes '{new string('x', LineBytes - 1)}' | head -c {megabytes}000000")];

    private double ReadPlain()
    {
        IPtySystem system = PtySystem.Create(SystemScheduler.Instance, TimeProvider.System);
        using IPtyPoller poller = system.CreatePoller();
        long started = Stopwatch.GetTimestamp();
        using IPty pty = system.Spawn(new PtyStart { Command = "/bin/sh", Arguments = Arguments, WorkingDirectory = directory, Environment = Inherited() });
        poller.Add(pty);
        byte[] buffer = new byte[64 << 10];
        List<PtyEvent> ready = [];
        int count = 0;
        while (count != PtyRead.Ended)
        {
            poller.Wait(ready, Timeout.InfiniteTimeSpan);
            while ((count = pty.Read(buffer)) > 0)
            {
            }
        }

        poller.Remove(pty);
        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private double ReadIntoStore(string path, DurabilityMode durability)
    {
        StoreOptions options = Options with { Durability = durability };
        StoreHost host = StoreHost.ForNewDirectory(path);
        PersistenceStore.Create(host, options);
        TerminalState state = new();
        using PersistenceStore store = PersistenceStore.Open(host, options, [state]);
        using PaneHost panesHost = new(state, ContextOf(host), () => options);
        TerminalBatch batch = state.CreateBatch();
        WindowId window = batch.CreateWindow(batch.CreateSession("bench"), "bench");
        PaneId pane = batch.CreatePane(window, new PaneConfiguration { Command = "/bin/sh", Arguments = Arguments, WorkingDirectory = directory }, TerminalSize.Default);
        state.Commit(batch);
        long started = Stopwatch.GetTimestamp();
        panesHost.Start(pane);
        for (long position = 0; panesHost.WaitForOutput(pane, position, Timeout.InfiniteTimeSpan);)
            position = state.FindOutput(pane)!.End;
        store.Flush();
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        if (state.FindOutput(pane)!.End < megabytes * 1_000_000L)
            throw new IOException("Output is missing.");
        return seconds;
    }

    private BenchRow MeasureScrollback()
    {
        string path = Path.Combine(directory, "scrollback");
        double writing = BenchProcess.Run(FillVerb, path, panes.ToString(CultureInfo.InvariantCulture), lines.ToString(CultureInfo.InvariantCulture))[0];
        double[][] told = [.. Enumerable.Range(0, rounds).Select(_ => BenchProcess.Run(OpenVerb, path))];
        double[] medians = [.. Enumerable.Range(0, told[0].Length).Select(i => Figures.Median([.. told.Select(row => row[i])]))];
        long disk = Directory.GetFiles(Path.Combine(path, "checkpoints")).Sum(static file => new FileInfo(file).Length);
        return new BenchRow(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{panes:N0} panes x {lines:N0} lines ({(double)panes * lines * LineBytes / Mebibyte:N0} MiB, {disk / Mebibyte:N0} MiB on disk): open {medians[0]:F0} ms, then a last line in {medians[1]:F2} ms, a first one in {medians[2]:F2} ms; peak {medians[3] / Mebibyte:F0} MiB, managed {medians[4] / Mebibyte:F1} MiB; peak of the process that wrote them {writing / Mebibyte:F0} MiB"),
            json =>
            {
                json.WriteString("measure", "scrollback");
                json.WriteNumber("panes", panes);
                json.WriteNumber("lines", lines);
                json.WriteNumber("raw_bytes", (long)panes * lines * LineBytes);
                json.WriteNumber("disk_bytes", disk);
                json.WriteNumber("open_ms", Math.Round(medians[0], 2));
                json.WriteNumber("last_line_ms", Math.Round(medians[1], 3));
                json.WriteNumber("first_line_ms", Math.Round(medians[2], 3));
                json.WriteNumber("peak_bytes", medians[3]);
                json.WriteNumber("managed_bytes", medians[4]);
                json.WriteNumber("writer_peak_bytes", writing);
            });
    }

    private BenchRow MeasureCheckpoint()
    {
        const int linesEach = 1_000;
        string path = Path.Combine(directory, "many");
        Fill(path, manyPanes, linesEach);
        TerminalState state = new();
        using PersistenceStore store = PersistenceStore.Open(StoreHost.ForDirectory(path), Options, [state]);
        List<double> full = [];
        List<double> increments = [];
        long fullBytes = 0;
        long incrementBytes = 0;
        for (int round = 0; round <= rounds; round++)
        {
            (double fullSeconds, fullBytes) = Take(store, CheckpointKind.Full);
            Write(state, state.Tree.Panes.Keys.Take(manyPanes / 100), 10);
            (double incrementSeconds, incrementBytes) = Take(store, CheckpointKind.Incremental);
            if (round == 0)
                continue;
            full.Add(fullSeconds);
            increments.Add(incrementSeconds);
        }

        return new BenchRow(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{manyPanes:N0} panes x {linesEach:N0} lines: full checkpoint {Figures.Median(full) * 1000:F0} ms ({fullBytes / Mebibyte:F1} MiB), increment after one pane in a hundred wrote {Figures.Median(increments) * 1000:F0} ms ({incrementBytes / Mebibyte:F1} MiB)"),
            json =>
            {
                json.WriteString("measure", "checkpoint");
                json.WriteNumber("panes", manyPanes);
                json.WriteNumber("full_seconds", Math.Round(Figures.Median(full), 4));
                json.WriteNumber("full_bytes", fullBytes);
                json.WriteNumber("increment_seconds", Math.Round(Figures.Median(increments), 4));
                json.WriteNumber("increment_bytes", incrementBytes);
            });
    }

    private static (double Seconds, long Bytes) Take(PersistenceStore store, CheckpointKind kind)
    {
        long started = Stopwatch.GetTimestamp();
        CheckpointInfo info = store.TakeCheckpoint(new CheckpointRequest { Kind = kind });
        return (Stopwatch.GetElapsedTime(started).TotalSeconds, info.FileBytes);
    }

    private static void Fill(string path, int panes, int lines)
    {
        const int linesPerRecord = 500;
        StoreOptions options = Options with { Durability = DurabilityMode.None };
        StoreHost host = StoreHost.ForNewDirectory(path);
        PersistenceStore.Create(host, options);
        TerminalState state = new();
        using PersistenceStore store = PersistenceStore.Open(host, options, [state]);
        TerminalBatch batch = state.CreateBatch();
        batch.SetScrollbackLimits(new ScrollbackLimits(lines, 0));
        SessionId session = batch.CreateSession("bench");
        for (int i = 0; i < panes; i++)
            batch.CreatePane(batch.CreateWindow(session, "bench"), new PaneConfiguration { Command = "/bin/sh" }, TerminalSize.Default);
        state.Commit(batch);
        for (int written = 0; written < lines; written += linesPerRecord)
            Write(state, state.Tree.Panes.Keys, Math.Min(linesPerRecord, lines - written));
        store.TakeCheckpoint(new CheckpointRequest { Kind = CheckpointKind.Full });
        store.Close();
    }

    /// <summary>Lines as builds and servers write them: much of each like the one before.</summary>
    private static void Write(TerminalState state, IEnumerable<PaneId> panes, int lines)
    {
        Random random = new(lines);
        foreach (PaneId pane in panes)
        {
            StringBuilder text = new();
            for (int i = 0; i < lines; i++)
                text.Append(CultureInfo.InvariantCulture, $"2026-01-01T12:{random.Next(60):D2}:{random.Next(60):D2}.{random.Next(1000):D3} INFO worker-{random.Next(16):D2} request {random.Next():x8} took {random.Next(1000),4} ms").Append('.', 3).Append('\n');
            // As a host of panes does it.
            while (state.UnstoredBytes > 2 * Options.TerminalScrollbackMemoryBytes)
                Thread.Sleep(1);
            TerminalBatch batch = state.CreateBatch();
            batch.AppendOutput(pane, Encoding.UTF8.GetBytes(text.ToString()));
            state.Commit(batch);
        }
    }

    private PaneHostContext ContextOf(StoreHost host) => new()
    {
        Ptys = PtySystem.Create(host.Scheduler, host.Clock),
        Scheduler = host.Scheduler,
        Clock = host.Clock,
        Process = host.Process,
        Environment = Inherited(),
        IsProcessAlive = CurrentProcess.IsAlive,
        CurrentDirectory = directory,
    };

    private static Dictionary<string, string> Inherited() => new() { ["PATH"] = Environment.GetEnvironmentVariable("PATH") ?? "/usr/bin:/bin" };
}
