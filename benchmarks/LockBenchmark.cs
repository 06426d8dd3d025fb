using System.Diagnostics;
using System.Globalization;
using Persistence.Locking;
using Persistence.Storage;
using Persistence.Storage.Disk;

namespace Persistence.Benchmarks;

/// <summary>Taking a store's lock: alone, waiting, after its owner was killed, and in turns with other processes.</summary>
internal sealed class LockBenchmark
{
    private const int AcquisitionsAlone = 20_000;
    private const int Looks = 5_000;
    private const int WaitMs = 5_000;
    private const int QueueLength = 8;
    private const int TakeoverRounds = 30;
    private const int Processes = 8;
    private const int Cycles = 100;
    private const int WarmUps = 500;

    private readonly string _directory;
    private readonly TextWriter _output;
    private readonly DiskFileSystem _files;
    private readonly LockContext _context;

    public LockBenchmark(string directory, TextWriter output)
    {
        _directory = directory;
        _output = output;
        _files = DiskFileSystem.Open(directory);
        _context = LockContender.ContextFor(_files);
    }

    public void Run()
    {
        _output.WriteLine("| what | n | median µs | p99 µs | longest µs |");
        _output.WriteLine("|---|---|---|---|---|");
        MeasureAlone();
        MeasureLooks();
        MeasureTakeover();
        MeasureTurns();
    }

    private void MeasureAlone()
    {
        Write("bare: open, flock, close", Measure(AcquisitionsAlone, () =>
        {
            using IFile file = _files.Open(StoreLock.FileName, FileIntent.OpenOrCreate);
            file.TryLock(FileLockKind.Exclusive);
        }));
        StoreLock? held = null;
        List<double> releases = [];
        List<double> acquisitions = Measure(AcquisitionsAlone, () => held = StoreLock.Acquire(_context, timeoutMs: 0), () => releases.Add(Time(held!.Dispose)));
        Write("acquisition, nobody else there", acquisitions);
        Write("release", releases.Skip(WarmUps));
    }

    /// <summary>What one attempt of a wait costs, and how long the first of the queue takes from one to the next.</summary>
    private void MeasureLooks()
    {
        using StoreLock held = StoreLock.Acquire(_context, timeoutMs: 0);
        List<LockTicket> queue = [.. Enumerable.Range(0, QueueLength).Select(_ => LockTicket.TryTake(_context)!)];
        using IFile lockFile = _files.Open(StoreLock.FileName, FileIntent.OpenOrCreate);
        Write("one attempt of the first: look at the queue, try", Measure(Looks, () =>
        {
            if (queue[0].CountAhead() == 0)
                lockFile.TryLock(FileLockKind.Exclusive);
        }));
        Write("one attempt of the eighth: look at the queue", Measure(Looks, () => queue[^1].CountAhead()));
        queue.ForEach(ticket => ticket.Dispose());

        using CancellationTokenSource enough = new(WaitMs);
        AttemptTimes attempts = new(_files);
        try
        {
            StoreLock.Acquire(_context with { Files = attempts }, timeoutMs: int.MaxValue, stopping: enough.Token);
        }
        catch (OperationCanceledException)
        {
            Write("from one attempt of the first to the next", attempts.BetweenUs);
        }
    }

    /// <summary>From the signal to the moment another process has the lock.</summary>
    private void MeasureTakeover()
    {
        List<double> takeovers = [];
        for (int round = 0; round < TakeoverRounds; round++)
        {
            using Process owner = LockContender.Start(LockContender.HoldVerb, _directory);
            owner.StandardOutput.ReadLine();
            long killed = 0;
            long taken = 0;
            using ManualResetEventSlim waiting = new();
            Thread waiter = new(() =>
            {
                using StoreLock mine = StoreLock.Acquire(_context with { Files = new AttemptTimes(_files, waiting.Set) }, LockContender.TimeoutMs);
                taken = Stopwatch.GetTimestamp();
            });
            waiter.Start();
            waiting.Wait();
            killed = Stopwatch.GetTimestamp();
            owner.Kill();
            waiter.Join();
            owner.WaitForExit();
            takeovers.Add(ToUs(taken - killed));
        }

        Write("takeover after SIGKILL of the owner", takeovers);
    }

    private void MeasureTurns()
    {
        List<Process> processes = [.. Enumerable.Range(0, Processes).Select(_ => LockContender.Start(LockContender.CycleVerb, _directory, Cycles.ToString(CultureInfo.InvariantCulture)))];
        processes.ForEach(process => process.StandardOutput.ReadLine());
        long started = Stopwatch.GetTimestamp();
        processes.ForEach(process => process.StandardInput.WriteLine());
        List<double[]> waits = [];
        List<double> ends = [];
        foreach (Process process in processes)
        {
            string[] words = process.StandardOutput.ReadLine()!.Split(' ');
            ends.Add(ToUs(long.Parse(words[0], CultureInfo.InvariantCulture) - started));
            waits.Add([.. words.Skip(1).Select(word => double.Parse(word, CultureInfo.InvariantCulture))]);
            process.WaitForExit();
            process.Dispose();
        }

        Write($"{Processes} processes × {Cycles} cycles: a wait", waits.SelectMany(each => each));
        Write($"{Processes} processes × {Cycles} cycles: until a process is done", ends);
        for (int i = 0; i < Processes; i++)
            _output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"process {i}: done after {ends[i] / 1000:F1} ms, longest wait {waits[i].Max() / 1000:F1} ms"));
    }

    private static List<double> Measure(int times, Action work, Action? after = null)
    {
        List<double> taken = [];
        for (int i = 0; i < WarmUps + times; i++)
        {
            taken.Add(Time(work));
            after?.Invoke();
        }

        return taken[WarmUps..];
    }

    private static double Time(Action work)
    {
        long started = Stopwatch.GetTimestamp();
        work();
        return ToUs(Stopwatch.GetTimestamp() - started);
    }

    private static double ToUs(long ticks) => ticks * 1e6 / Stopwatch.Frequency;

    private void Write(string what, IEnumerable<double> timesUs)
    {
        double[] sorted = [.. timesUs.Order()];
        double p99 = sorted[Math.Min(sorted.Length - 1, (int)(0.99 * sorted.Length))];
        _output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {what} | {sorted.Length:N0} | {Measurement.Median(sorted):N1} | {p99:N1} | {sorted[^1]:N1} |"));
    }
}
