using Persistence.Configuration;
using Persistence.CrashKit.Exploration;
using Persistence.CrashKit.PowerLoss;
using Persistence.CrashKit.Runs;
using Persistence.CrashKit.Simulation;
using Persistence.Diagnostics;
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

    private sealed class LocksForAll(IFileSystem inner) : ForwardingFileSystem(inner)
    {
        public override IFile Open(string path, FileIntent intent) => new Unlocked(base.Open(path, intent));

        private sealed class Unlocked(IFile file) : ForwardingFile(file)
        {
            public override bool TryLock(FileLockKind kind) => true;
        }
    }
}
