using Persistence.Configuration;
using Persistence.CrashKit.Exploration;
using Persistence.CrashKit.PowerLoss;
using Persistence.CrashKit.Runs;
using Persistence.CrashKit.Simulation;
using Persistence.Entities;
using Persistence.Diagnostics;
using Persistence.State;
using Persistence.Storage;
using Persistence.Storage.Simulated;
using Xunit;

namespace Persistence.CrashKit.Tests.PowerLoss;

public sealed class NeighbourExplorationTests
{
    [Fact]
    public void Readers_and_a_successor_see_nothing_but_the_truth()
    {
        ExplorationResult result = new ExplorationRun(new NeighbourExploration(new PowerLossOptions()), new ExplorationOptions { States = 60 }).Run(CancellationToken.None);
        Assert.Equal([], result.Figures.Failures.Select(failure => failure.ToString()));
        Assert.Equal(KillRunVerdict.Passed, result.Verdict);
    }

    [Fact]
    public void Two_writers_at_once_are_seen()
    {
        // Where locks are granted to everybody, the second one does not wait; what the two then do to each other ends most runs.
        Assert.Contains(Enumerable.Range(1, 5).Select(TakeOverWithoutLocks), objection => objection?.Contains("while the first had it", StringComparison.Ordinal) == true);
    }

    private static string? TakeOverWithoutLocks(int seed)
    {
        SucceedingNeighbour second = new();
        try
        {
            RecordedRun.Record(RunPlan.Create("keyvalue", seed, DurabilityMode.None, 40), RunStart.New, static disk => new LocksForAll(disk), [second]);
        }
        catch (Exception e) when (e is SimulationException or StoreException)
        {
            // As it should be.
        }

        return second.Objection;
    }

    [Fact]
    public void What_a_reader_was_shown_and_nobody_wrote_is_seen()
    {
        RecordedRun run = RecordedRun.Record(RunPlan.Create("keyvalue", 2, DurabilityMode.Sync, 20));
        Shown neighbour = new(run);
        Assert.NotNull(neighbour.Judge(run.History));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Who_follows_the_log_is_given_what_was_written_while_it_is_written(bool comesAgain)
    {
        TailingNeighbour[] tails = [.. Enumerable.Range(1, 8).Select(seed => FollowedRun(seed, comesAgain).Tail)];
        Assert.All(tails, tail => Assert.Null(tail.Objection));
        Assert.Contains(tails, tail => tail.Looks > 5);
    }

    [Fact]
    public void An_entry_that_nobody_wrote_and_one_that_was_left_out_are_seen()
    {
        (RecordedRun run, TailingNeighbour tail) = FollowedRun(2, comesAgain: false);
        CommitResult?[] committed = run.History.Writers[0].Committed;
        int last = Array.FindLastIndex(committed, position => position is not null);
        Lsn first = committed[last]!.Value.First;
        committed[last] = null;
        Assert.Contains("nobody wrote", tail.Judge(run.History), StringComparison.Ordinal);

        (run, tail) = FollowedRun(2, comesAgain: false);
        run.History.Writers[0].Committed[last] = new CommitResult(new Lsn(first.Value - 8), first, 0);
        Assert.Contains("was given 0 entries", tail.Judge(run.History), StringComparison.Ordinal);
    }

    [Fact]
    public void An_entry_of_an_entity_that_is_another_one_is_seen()
    {
        TailingNeighbour tail = new(comesAgain: false);
        RecordedRun run = RecordedRun.Record(RunPlan.Create("entities", 2, DurabilityMode.Sync, 40, writers: 1), RunStart.New, beside: [tail]);
        Assert.Null(tail.Judge(run.History));
        IReadOnlyList<(EntityRecordKind Kind, EntityId Entity)>?[] logged = run.History.Writers[0].Logged;
        int at = Array.FindIndex(run.History.Writers[0].Committed, 0, position => position is not null && logged[Array.IndexOf(run.History.Writers[0].Committed, position)] is { Count: > 0 });
        logged[at] = [.. logged[at]!.Select(static one => (one.Kind, new EntityId(one.Entity.Slot, one.Entity.Generation + 1)))];
        Assert.Contains("not what was written there", tail.Judge(run.History), StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_tail_was_given_may_not_be_lost_by_a_cut()
    {
        // The disk forgets what is flushed of the log, and the one writer is promised nothing before the store is closed: only a tail misses anything.
        RecordedRun followed = Enumerable.Range(1, 20).Select(seed => FlushedByTheClock(seed, hasTail: true)).First(run => run.History.Writers[0].Promised.Min() < LastReturn(run));
        Assert.True(followed.Tail!.FirstToKnow > 0);
        Assert.NotNull(FindLoss(followed));
        Assert.Null(FindLoss(FlushedByTheClock(followed.Plan.Seed, hasTail: false)));
    }

    private static RecordedRun FlushedByTheClock(long seed, bool hasTail)
    {
        RunPlan drawn = RunPlan.Create("keyvalue", seed, DurabilityMode.Batch, 60, writers: 1);
        RunPlan plan = drawn with
        {
            HasTail = hasTail,
            Options = drawn.Options with { FlushIntervalMs = 1, SegmentBytes = 1 << 20, CheckpointLogBytes = 0, CheckpointTransactions = 0 },
            Operations = [[.. drawn.Operations[0].Where(operation => operation.Writes.Count > 0 && !operation.AsksForSync)]],
        };
        return RecordedRun.Record(plan, RunStart.New, static disk => new ForgetfulLog(disk));
    }

    private static long LastReturn(RecordedRun run) => run.History.Writers[0].Returned.Max();

    /// <summary>Cuts it while the writer works, everywhere, and drops all that is pending.</summary>
    private static string? FindLoss(RecordedRun run)
    {
        CrashStateSpace space = new(run.Trace, CrashProfile.PosixMin);
        for (long cut = run.History.OpenedAt + 1; cut <= LastReturn(run); cut++)
        {
            CrashChoice dropped = new(space.Micros.Count) { Tier = 1, Cut = cut };
            if (RecoveryJudge.Judge(space.At(dropped).ToFileSystem(), run, cut, isKill: false) is string lost)
                return lost;
        }

        return null;
    }

    private static (RecordedRun Run, TailingNeighbour Tail) FollowedRun(int seed, bool comesAgain)
    {
        TailingNeighbour tail = new(comesAgain);
        RecordedRun run = RecordedRun.Record(RunPlan.Create("mixed", seed, DurabilityMode.Sync, 40), RunStart.New, beside: [tail]);
        Assert.Null(tail.Judge(run.History));
        return (run, tail);
    }

    private sealed class Shown : Neighbour
    {
        public Shown(RecordedRun run)
        {
            FoundContents found = FoundContents.Nothing(run.History.Writers.Count);
            found.Own[0] = 42;
            Note(found, 0, long.MaxValue);
        }

        public override void Run(RecordedRun run, Persistence.Engine.StoreHost host)
        {
        }
    }

    private sealed class ForgetfulLog(IFileSystem inner) : ForwardingFileSystem(inner)
    {
        public override IFile Open(string path, FileIntent intent) => new Forgetful(base.Open(path, intent));

        private sealed class Forgetful(IFile file) : ForwardingFile(file)
        {
            public override void SyncData()
            {
                // A segment is prepared under another name, and its header is synced whole.
                if (!Path.StartsWith("wal/", StringComparison.Ordinal))
                    base.SyncData();
            }
        }
    }

    private sealed class LocksForAll(IFileSystem inner) : ForwardingFileSystem(inner)
    {
        public override IFile Open(string path, FileIntent intent) => new Unlocked(base.Open(path, intent));

        private sealed class Unlocked(IFile file) : ForwardingFile(file)
        {
            public override bool TryLock(FileLockKind kind) => true;
        }
    }
}
