using System.Diagnostics;
using System.Globalization;
using Persistence.Configuration;
using Persistence.Engine;
using Persistence.Files;
using Persistence.KeyValue;
using Persistence.Serialization;
using Persistence.Transactions;

namespace Persistence.Benchmarks;

/// <summary>What a workflow engine does to its store, each thing by itself: medians against a target and a critical threshold.</summary>
internal sealed class TransactionBenchmark(string directory, int rounds)
{
    public const string ContenderVerb = "transaction-contender";

    private const int Changes = 10;
    private const int Entries = 50;
    private const int FileBytes = 64 << 10;

    private static readonly StoreOptions Options = new() { CheckpointsRetained = 1, LogRetainBytes = 0, CheckpointCloseBytes = long.MaxValue };

    private readonly byte[] _value = Encode(new string('v', 100));

    public void Run(TextWriter output)
    {
        output.WriteLine("| what | target (critical) ms | median ms | p99 ms |");
        output.WriteLine("|---|---|---|---|");
        string path = Path.Combine(directory, "transactions");
        using (OpenStore store = OpenStore.Create(path))
        {
            Row(output, "log write, durable", "10 (20)", () => store.Engine.AppendRecord("note", _value));
            Row(output, $"transaction of {Changes} changes: commit alone", "30 (60)", () => Begin(store), static transaction => transaction.Commit());
            Row(output, $"transaction of {Changes} changes: rollback alone", "10 (20)", () => Begin(store), static transaction => transaction.Rollback());
            Row(output, $"whole transaction: begin, {Changes} reads, {Changes} changes, validator, nested one, commit", "100", () => Whole(store));
            Row(output, $"file of {FileBytes >> 10} KiB written in a transaction", "50", () => WriteFile(store));
            Row(output, "clear after commit: checkpoint, and log below it retired", "5 (10)", () => store.Engine.AppendRecord("note", _value), _ => store.Engine.TakeCheckpoint());
        }

        WriteEntries(path = Path.Combine(directory, "recovered"));
        Row(output, $"recovery of {Entries} entries after a kill, until the store is open", "20", () => CopyStore(path), static copy => OpenStore.Open(copy).Dispose());
        Row(output, "state validation: every frame, record and checkpoint read and checked", "20 (50)", () => StoreInspector.Inspect(StoreHost.ForDirectory(path)));
        Row(output, "lock acquisition: a closed store opened, lock included", "50 (100)", () => ClosedCopy(path), static copy => OpenStore.Open(copy).Dispose());
        Sequential(output, Path.Combine(directory, "sequential"));
    }

    /// <summary>One of several processes that want the same store: opens it, waiting for its turn, runs one transaction, closes it; so often.</summary>
    public static void RunContender(string path, int cycles, TextWriter output)
    {
        for (int i = 0; i < cycles; i++)
        {
            long started = Stopwatch.GetTimestamp();
            using OpenStore store = OpenStore.Open(path, Options with { LockTimeoutMs = 60_000 });
            TimeSpan waited = Stopwatch.GetElapsedTime(started);
            using (Transaction transaction = store.Engine.BeginTransaction())
            {
                KeyValueTransaction state = store.State.In(transaction);
                long count = state.Find("count") is KeyValueItem item ? new MessagePackReader(item.Value.Span).ReadInt64() : 0;
                GrowableBuffer buffer = new(64);
                new MessagePackWriter(buffer).WriteInteger(count + 1);
                state.Set("count", buffer.WrittenSpan);
                transaction.Commit();
            }

            store.Engine.Close();
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{waited.TotalMilliseconds} {Stopwatch.GetElapsedTime(started).TotalMilliseconds}"));
        }
    }

    /// <summary>The same store wanted by several processes at once.</summary>
    public void RunContention(TextWriter output, int processes, int cycles)
    {
        string path = Path.Combine(directory, "contended");
        OpenStore.Create(path).Dispose();
        string program = Environment.ProcessPath!;
        Process[] contenders = [.. Enumerable.Range(0, processes).Select(_ => Process.Start(new ProcessStartInfo(program, [ContenderVerb, path, cycles.ToString(CultureInfo.InvariantCulture)]) { RedirectStandardOutput = true })!)];
        Task<string>[] said = [.. contenders.Select(contender => contender.StandardOutput.ReadToEndAsync())];
        List<double> opened = [];
        List<double> whole = [];
        for (int i = 0; i < processes; i++)
        {
            contenders[i].WaitForExit();
            foreach (string line in said[i].GetAwaiter().GetResult().Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                string[] times = line.Split(' ');
                opened.Add(double.Parse(times[0], CultureInfo.InvariantCulture));
                whole.Add(double.Parse(times[1], CultureInfo.InvariantCulture));
            }
        }

        using OpenStore store = OpenStore.Open(path);
        long count = new MessagePackReader(store.State.Find("count")!.Value.Span).ReadInt64();
        output.WriteLine();
        output.WriteLine($"{processes} processes, {cycles} times each: open (waiting for the lock), one read-modify-write transaction, close. Counted at the end: {count} of {processes * cycles}.");
        output.WriteLine();
        output.WriteLine("| what | median ms | p99 ms | longest ms |");
        output.WriteLine("|---|---|---|---|");
        Write(output, "until the store is open", opened);
        Write(output, "until it is closed again", whole);
    }

    private static void Write(TextWriter output, string what, List<double> milliseconds)
    {
        milliseconds.Sort();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {what} | {Percentile(milliseconds, 0.5):F1} | {Percentile(milliseconds, 0.99):F1} | {milliseconds[^1]:F1} |"));
    }

    private Transaction Begin(OpenStore store)
    {
        Transaction transaction = store.Engine.BeginTransaction();
        KeyValueTransaction state = store.State.In(transaction);
        for (int i = 0; i < Changes; i++)
            state.Set($"key/{i}", _value);
        return transaction;
    }

    private void Whole(OpenStore store)
    {
        using Transaction transaction = store.Engine.BeginTransaction();
        KeyValueTransaction state = store.State.In(transaction);
        for (int i = 0; i < Changes; i++)
            state.Find($"key/{i}");
        using (Transaction nested = transaction.Begin())
        {
            KeyValueTransaction inner = store.State.In(nested);
            for (int i = 0; i < Changes; i++)
                inner.Set($"key/{i}", _value);
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

    private void Sequential(TextWriter output, string path)
    {
        const int count = 1000;
        using OpenStore store = OpenStore.Create(path);
        long started = Stopwatch.GetTimestamp();
        for (int i = 0; i < count; i++)
        {
            using Transaction transaction = Begin(store);
            transaction.Commit();
        }

        TimeSpan elapsed = Stopwatch.GetElapsedTime(started);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| 1,000 sequential transactions of {Changes} changes, in all | | {elapsed.TotalMilliseconds:F0} | |"));
    }

    private void Row(TextWriter output, string what, string target, Action work) => Row(output, what, target, static () => 0, _ => work());

    /// <summary>Prepared outside, done inside the time that is taken.</summary>
    private void Row<T>(TextWriter output, string what, string target, Func<T> prepare, Action<T> work)
    {
        List<double> milliseconds = [];
        for (int round = -3; round < rounds; round++)
        {
            T prepared = prepare();
            long started = Stopwatch.GetTimestamp();
            work(prepared);
            if (round >= 0)
                milliseconds.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        milliseconds.Sort();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {what} | {target} | {Percentile(milliseconds, 0.5):F2} | {Percentile(milliseconds, 0.99):F2} |"));
    }

    private static double Percentile(List<double> sorted, double share) => sorted[Math.Min(sorted.Count - 1, (int)(share * sorted.Count))];

    private void WriteEntries(string path)
    {
        using OpenStore store = OpenStore.Create(path);
        for (int i = 0; i < Entries; i++)
            store.State.Set($"key/{i}", _value);
        CopyDirectory(path, $"{path}-killed");
    }

    private int _copies;

    /// <summary>As a kill left it.</summary>
    private string CopyStore(string path) => CopyDirectory($"{path}-killed", $"{path}-{_copies++}");

    private string ClosedCopy(string path) => CopyDirectory(path, $"{path}-{_copies++}");

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
        private OpenStore(string path, StoreOptions options) => Engine = PersistenceStore.Open(StoreHost.ForDirectory(path), options, [State, Files]);

        public PersistenceStore Engine { get; }

        public KeyValueState State { get; } = new();

        public FileState Files { get; } = new();

        public static OpenStore Create(string path)
        {
            PersistenceStore.Create(StoreHost.ForNewDirectory(path), Options);
            return Open(path);
        }

        public static OpenStore Open(string path, StoreOptions? options = null) => new(path, options ?? Options);

        public void Dispose() => Engine.Dispose();
    }
}
