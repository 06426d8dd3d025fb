using System.Diagnostics;
using System.Globalization;
using Persistence.Configuration;
using Persistence.Engine;
using Persistence.Files;
using Persistence.KeyValue;
using Persistence.Serialization;
using Persistence.Storage;
using Persistence.Storage.Disk;
using Persistence.Transactions;

namespace Persistence.Benchmarks;

/// <summary>What a workflow engine does to its store, each thing by itself: medians against a target and a critical threshold, alone and in the turns of processes that contend.</summary>
internal sealed class TransactionBenchmark(string directory, int rounds)
{
    public const string ContenderVerb = "transaction-contender";

    private const int Changes = 10;
    private const int Entries = 50;
    private const int FileBytes = 64 << 10;
    private const int WarmUps = 3;
    private const int PatienceMs = 600_000;

    private static readonly StoreOptions Options = new() { CheckpointsRetained = 1, LogRetainBytes = 0, CheckpointCloseBytes = long.MaxValue };
    private static readonly byte[] Value = Encode(new string('v', 100));

    private static readonly BenchmarkStep Opening = new("lock acquisition: a closed store opened, lock included", "50 (100)");
    private static readonly BenchmarkStep Turn = new("until its turn comes and the store is open", "");
    private static readonly BenchmarkStep Attempt = new("lock wait: from one attempt to the next", "100");
    private static readonly BenchmarkStep Recovery = new($"recovery of {Entries} entries after a kill, until the store is open", "20");
    private static readonly BenchmarkStep Validation = new("state validation: every frame, record and checkpoint read and checked", "20 (50)");

    /// <summary>Each is prepared outside, and done inside the time that is taken.</summary>
    private static readonly (BenchmarkStep Step, Func<OpenStore, Action> Prepare)[] OnOpenStore =
    [
        (new("log write, durable", "10 (20)"), static store => () => store.Engine.AppendRecord("note", Value)),
        (new($"transaction of {Changes} changes: commit alone", "30 (60)"), static store =>
        {
            Transaction transaction = Begin(store);
            return () => transaction.Commit();
        }),
        (new($"transaction of {Changes} changes: rollback alone", "10 (20)"), static store => Begin(store).Rollback),
        (new($"whole transaction: begin, {Changes} reads, {Changes} changes, validator, nested one, commit", "100"), static store => () => Whole(store)),
        (new($"file of {FileBytes >> 10} KiB written in a transaction", "50"), static store => () => WriteFile(store)),
        (new("clear after commit: checkpoint, and log below it retired", "5 (10)"), static store =>
        {
            store.Engine.AppendRecord("note", Value);
            return () => store.Engine.TakeCheckpoint();
        }),
    ];

    private int _copies;

    public void Run(TextWriter output, int processes, int turns)
    {
        BenchmarkTimes alone = MeasureAlone();
        BenchmarkTimes contending = MeasureContention(processes, turns, out long counted);
        output.WriteLine($"| what | target (critical) ms | median ms | p99 ms | {processes} processes contending: median ms | p99 ms |");
        output.WriteLine("|---|---|---|---|---|---|");
        foreach (BenchmarkStep step in OnOpenStore.Select(static one => one.Step).Concat([Recovery, Validation, Opening, Attempt, Turn]))
            output.WriteLine($"| {step.What} | {step.Target} | {alone.Describe(step)} | {contending.Describe(step)} |");
        output.WriteLine();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"1,000 sequential transactions of {Changes} changes: {MeasureSequential().TotalMilliseconds:F0} ms in all."));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{processes} processes, {turns} turns each: counted at the end {counted} of {processes * turns}; the longest wait for a turn {contending.Longest(Turn):F0} ms."));
    }

    /// <summary>One of several processes that want the same store: opens it, waiting for its turn, does everything once, closes it; so often.</summary>
    /// <param name="path">The store; beside it the copies of a killed one that this process is to recover, one for each turn.</param>
    /// <param name="name">Of this process.</param>
    /// <param name="turns">How often.</param>
    /// <param name="output">Takes what each thing took.</param>
    public static void RunContender(string path, string name, int turns, TextWriter output)
    {
        BenchmarkTimes times = new();
        for (int turn = 0; turn < turns; turn++)
        {
            using DiskFileSystem files = DiskFileSystem.Open(path);
            AttemptTimes attempts = new(files);
            OpenStore? store = null;
            times.Take(Turn, () => store = OpenStore.Open(path, Options with { LockTimeoutMs = PatienceMs }, attempts));
            using (store)
            {
                Count(store!);
                foreach ((BenchmarkStep step, Func<OpenStore, Action> prepare) in OnOpenStore)
                    times.Take(step, prepare(store!));
            }

            times.Add(Attempt, attempts.BetweenUs.Select(static us => us / 1000));
            times.Take(Validation, () => StoreInspector.Inspect(StoreHost.ForDirectory(path)));
            times.Take(Recovery, OpenAction(CopyFor(path, name, turn)));
            // Closed by the line before.
            times.Take(Opening, OpenAction(CopyFor(path, name, turn)));
        }

        times.WriteTo(output);
    }

    private BenchmarkTimes MeasureAlone()
    {
        BenchmarkTimes times = new();
        using (OpenStore store = OpenStore.Create(Path.Combine(directory, "transactions")))
        {
            foreach ((BenchmarkStep step, Func<OpenStore, Action> prepare) in OnOpenStore)
                Repeat(times, step, () => prepare(store));
        }

        string closed = WriteEntries();
        Repeat(times, Recovery, () => OpenAction(CopyDirectory(Killed, $"{closed}-{_copies++}")));
        Repeat(times, Validation, () => () => StoreInspector.Inspect(StoreHost.ForDirectory(closed)));
        Repeat(times, Opening, () => OpenAction(CopyDirectory(closed, $"{closed}-{_copies++}")));
        return times;
    }

    private BenchmarkTimes MeasureContention(int processes, int turns, out long counted)
    {
        string path = Path.Combine(directory, "contended");
        OpenStore.Create(path).Dispose();
        List<Process> contenders = [];
        string[] names = [.. Enumerable.Range(0, processes).Select(static number => number.ToString(CultureInfo.InvariantCulture))];
        foreach (string name in names)
        {
            for (int turn = 0; turn < turns; turn++)
                CopyDirectory(Killed, CopyFor(path, name, turn));
        }

        foreach (string name in names)
            contenders.Add(LockContender.Start(ContenderVerb, path, name, turns.ToString(CultureInfo.InvariantCulture)));
        Task<string>[] said = [.. contenders.Select(static contender => contender.StandardOutput.ReadToEndAsync())];
        BenchmarkTimes times = new();
        for (int i = 0; i < processes; i++)
        {
            times.ReadFrom(said[i].GetAwaiter().GetResult());
            contenders[i].WaitForExit();
            contenders[i].Dispose();
        }

        using OpenStore store = OpenStore.Open(path);
        counted = new MessagePackReader(store.State.Find("count")!.Value.Span).ReadInt64();
        return times;
    }

    private TimeSpan MeasureSequential()
    {
        const int count = 1000;
        using OpenStore store = OpenStore.Create(Path.Combine(directory, "sequential"));
        long started = Stopwatch.GetTimestamp();
        for (int i = 0; i < count; i++)
        {
            using Transaction transaction = Begin(store);
            transaction.Commit();
        }

        return Stopwatch.GetElapsedTime(started);
    }

    private void Repeat(BenchmarkTimes times, BenchmarkStep step, Func<Action> prepare)
    {
        for (int round = 0; round < WarmUps; round++)
            prepare()();
        for (int round = 0; round < rounds; round++)
            times.Take(step, prepare());
    }

    private static Action OpenAction(string path) => () => OpenStore.Open(path).Dispose();

    /// <summary>A transaction that goes by what others have written.</summary>
    private static void Count(OpenStore store)
    {
        using Transaction transaction = store.Engine.BeginTransaction();
        KeyValueTransaction state = store.State.In(transaction);
        long count = state.Find("count") is KeyValueItem item ? new MessagePackReader(item.Value.Span).ReadInt64() : 0;
        GrowableBuffer buffer = new(64);
        new MessagePackWriter(buffer).WriteInteger(count + 1);
        state.Set("count", buffer.WrittenSpan);
        transaction.Commit();
    }

    private static Transaction Begin(OpenStore store)
    {
        Transaction transaction = store.Engine.BeginTransaction();
        KeyValueTransaction state = store.State.In(transaction);
        for (int i = 0; i < Changes; i++)
            state.Set($"key/{i}", Value);
        return transaction;
    }

    private static void Whole(OpenStore store)
    {
        using Transaction transaction = store.Engine.BeginTransaction();
        KeyValueTransaction state = store.State.In(transaction);
        for (int i = 0; i < Changes; i++)
            state.Find($"key/{i}");
        using (Transaction nested = transaction.Begin())
        {
            KeyValueTransaction inner = store.State.In(nested);
            for (int i = 0; i < Changes; i++)
                inner.Set($"key/{i}", Value);
            nested.Commit();
        }

        transaction.AddValidator("they are there", () => state.FindByPrefix("key/").Count == Changes);
        transaction.Commit();
    }

    private static void WriteFile(OpenStore store)
    {
        using Transaction transaction = store.Engine.BeginTransaction();
        store.Files.In(transaction).Write("report", new byte[FileBytes]);
        transaction.Commit();
    }

    /// <summary>The directory of <see cref="WriteEntries"/> as a kill left it.</summary>
    private string Killed => Path.Combine(directory, "killed");

    /// <returns>The closed store.</returns>
    private string WriteEntries()
    {
        string path = Path.Combine(directory, "recovered");
        using OpenStore store = OpenStore.Create(path);
        for (int i = 0; i < Entries; i++)
            store.State.Set($"key/{i}", Value);
        CopyDirectory(path, Killed);
        return path;
    }

    private static string CopyFor(string path, string process, int turn) => string.Create(CultureInfo.InvariantCulture, $"{path}-{process}-{turn}");

    private static string CopyDirectory(string from, string to)
    {
        foreach (string sub in Directory.GetDirectories(from, "*", SearchOption.AllDirectories).Prepend(from))
            Directory.CreateDirectory(to + sub[from.Length..]);
        foreach (string file in Directory.GetFiles(from, "*", SearchOption.AllDirectories).Where(file => Path.GetFileName(file) is not "LOCK"))
            File.Copy(file, to + file[from.Length..]);
        return to;
    }

    private static byte[] Encode(string value)
    {
        GrowableBuffer buffer = new(1 << 20);
        new MessagePackWriter(buffer).WriteString(value);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>A store on the real disk.</summary>
    private sealed class OpenStore : IDisposable
    {
        private OpenStore(StoreHost host, StoreOptions options) => Engine = PersistenceStore.Open(host, options, [State, Files]);

        public PersistenceStore Engine { get; }

        public KeyValueState State { get; } = new();

        public FileState Files { get; } = new();

        public static OpenStore Create(string path)
        {
            PersistenceStore.Create(StoreHost.ForNewDirectory(path), Options);
            return Open(path);
        }

        public static OpenStore Open(string path, StoreOptions? options = null, IFileSystem? files = null)
        {
            StoreHost host = StoreHost.ForDirectory(path);
            return new OpenStore(files is null ? host : host with { Files = files }, options ?? Options);
        }

        public void Dispose() => Engine.Dispose();
    }
}
