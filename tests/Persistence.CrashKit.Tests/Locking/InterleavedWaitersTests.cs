using Persistence.CrashKit.Simulation;
using Persistence.CrashKit.Worker;
using Persistence.Locking;
using Persistence.Platform;
using Persistence.Storage;
using Persistence.Storage.Simulated;
using Persistence.Tests.Locking;
using Xunit;

namespace Persistence.CrashKit.Tests.Locking;

/// <summary>
/// Several contenders for one lock, switched between any two of their operations as a seed decides: what Locking/FORMAT.md §4 says of every interleaving, tried on many.
/// </summary>
public sealed class InterleavedWaitersTests
{
    private const int Contenders = 4;
    private const int Turns = 3;
    private const int Seeds = 60;
    private const int NoTimeoutMs = int.MaxValue;

    [Fact]
    public void In_every_interleaving_one_has_the_lock_and_those_who_wait_are_overtaken_once_at_most()
    {
        int waits = 0;
        for (int seed = 0; seed < Seeds; seed++)
        {
            SimulatedFileSystem disk = new();
            QueueHistory history = Run(seed, disk, fatalOperation: int.MaxValue);
            Assert.True(history.FindTwoAtOnce() is null, $"Seed {seed}: {history.FindTwoAtOnce()}");
            Assert.True(history.FindOvertaking() is null, $"Seed {seed}: {history.FindOvertaking()}");
            Assert.Equal(Enumerable.Repeat(Turns, Contenders), history.Turns.Values);
            AssertOnlyTheLockIsLeft(disk, seed);
            waits += history.Waits;
        }

        Assert.True(waits > Seeds * Contenders, $"They hardly ever met: {waits} waits.");
    }

    [Fact]
    public void Whoever_is_killed_and_wherever_the_others_have_all_their_turns()
    {
        int deaths = 0;
        for (int seed = 0; seed < Seeds; seed++)
        {
            SimulatedFileSystem disk = new();
            QueueHistory history = Run(seed, disk, fatalOperation: 1 + seed);
            Assert.True(history.FindTwoAtOnce() is null, $"Seed {seed}: {history.FindTwoAtOnce()}");
            Assert.True(history.FindOvertaking() is null, $"Seed {seed}: {history.FindOvertaking()}");
            Assert.Equal(Contenders - 1, history.Turns.Count(turns => turns is { Key: not "p0", Value: Turns }));
            deaths += history.Turns.GetValueOrDefault("p0") < Turns ? 1 : 0;
            LockQueue.HasWaiters(disk);
            AssertOnlyTheLockIsLeft(disk, seed);
        }

        Assert.True(deaths > Seeds / 2, $"Only {deaths} died.");
    }

    /// <param name="seed">Decides who goes on when.</param>
    /// <param name="disk">Where the lock is.</param>
    /// <param name="fatalOperation">The first contender dies before this one of its operations.</param>
    private static QueueHistory Run(int seed, SimulatedFileSystem disk, int fatalOperation)
    {
        SimulatedClock clock = new();
        ControlledScheduler scheduler = new(seed, clock);
        List<string> events = [];
        scheduler.Run(() =>
        {
            IWorker[] workers = [.. Enumerable.Range(0, Contenders).Select(i => scheduler.Start($"p{i}", () =>
            {
                int fatal = i == 0 ? fatalOperation : int.MaxValue;
                Contend($"p{i}", new SteppedFiles(disk, scheduler, fatal, () => events.Add($"p{i} dies")), scheduler, clock, new SimulatedRandom((seed * Contenders) + i), events);
            }))];
            foreach (IWorker worker in workers)
                worker.Join();
        });
        return new QueueHistory(events);
    }

    private static void Contend(string name, SteppedFiles files, ControlledScheduler scheduler, SimulatedClock clock, SimulatedRandom random, List<string> events)
    {
        LockContext context = new(new QueueObserver(files, () => events.Add($"{name} waits")), scheduler, clock, random) { StalledAfter = TimeSpan.MaxValue };
        try
        {
            for (int turn = 0; turn < Turns; turn++)
            {
                using StoreLock storeLock = StoreLock.Acquire(context, NoTimeoutMs);
                // Who dies with the lock in its hand, on the way out, never has it.
                if (files.IsDead)
                    return;
                events.Add($"{name} has");
                scheduler.Step();
                events.Add($"{name} leaves");
            }
        }
        catch (StorageException) when (files.IsDead)
        {
            // Its end was noted when it came.
        }
    }

    private static void AssertOnlyTheLockIsLeft(SimulatedFileSystem disk, int seed) =>
        Assert.True(disk.List("") is [{ Name: "LOCK" }], $"Seed {seed}: {string.Join(", ", disk.List("").Select(entry => entry.Name))}");

    /// <summary>The disk as one process sees it: between any two of its operations others go on, and before one of them it dies.</summary>
    private sealed class SteppedFiles(IFileSystem disk, ControlledScheduler scheduler, int fatalOperation, Action dies) : ForwardingFileSystem(new MortalFiles(disk))
    {
        private int _operations;

        public bool IsDead => _operations >= fatalOperation;

        public override IFile Open(string path, FileIntent intent)
        {
            Step();
            return new SteppedFile(base.Open(path, intent), this);
        }

        public override IReadOnlyList<FileEntry> List(string directory)
        {
            Step();
            return base.List(directory);
        }

        public override void Delete(string path)
        {
            Step();
            base.Delete(path);
        }

        private void Step()
        {
            if (++_operations == fatalOperation)
            {
                ((MortalFiles)Inner).Kill();
                dies();
            }

            scheduler.Step();
        }

        private sealed class SteppedFile(IFile file, SteppedFiles files) : ForwardingFile(file)
        {
            public override bool TryLock(FileLockKind kind)
            {
                files.Step();
                return base.TryLock(kind);
            }
        }
    }
}
