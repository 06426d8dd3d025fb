using Persistence.CrashKit.Exploration;
using Persistence.CrashKit.Faults;
using Persistence.Storage;
using Persistence.Storage.Simulated;
using Xunit;

namespace Persistence.CrashKit.Tests.Faults;

/// <summary>Disks that fill up: it really happens, the engine gets over it, and an engine that would not is found.</summary>
public sealed class FullDiskTests
{
    private const int Runs = 12;

    [Fact]
    public void Every_step_of_the_cycle_happens_and_the_engine_passes()
    {
        ExplorationFigures figures = Explore(new FaultOptions());
        Assert.Empty(figures.Failures);
        Assert.All(FullDiskExplorer.EvidenceNeeded, evidence => Assert.True(figures.Evidence.GetValueOrDefault(evidence) > 0, evidence));
        Assert.True(figures.Evidence[FullDiskExplorer.RemovedEvidence] >= Runs / 2);
    }

    [Fact]
    public void So_it_does_with_entities()
    {
        ExplorationFigures figures = Explore(new FaultOptions { Workloads = ["entities"] });
        Assert.Empty(figures.Failures);
        Assert.All(FullDiskExplorer.EvidenceNeeded, evidence => Assert.True(figures.Evidence.GetValueOrDefault(evidence) > 0, evidence));
    }

    [Fact]
    public void A_reserve_that_gives_nothing_back_is_convicted_by_the_deletes()
    {
        ExplorationFigures figures = Explore(new FaultOptions { Wrap = files => new StuckBallast(files) });
        Assert.Contains(figures.Failures, failure => failure.Message.Contains("though it only removes", StringComparison.Ordinal) && failure.Message.Contains("DiskFull", StringComparison.Ordinal));
    }

    /// <summary>With seed 10 the background prepared a spare of what had just been given up for a delete, which was refused.</summary>
    [Fact]
    public void What_is_given_up_for_a_delete_the_background_does_not_take()
    {
        ExplorationFigures figures = new();
        Assert.Null(new FullDiskExplorer(new FaultOptions { Seed = 5 }, figures).Explore(5, TestContext.Current.CancellationToken));
        Assert.True(figures.Evidence[FullDiskExplorer.RemovedEvidence] > 0);
    }

    [Fact]
    public void Without_these_runs_an_exploration_is_vacuous() =>
        Assert.Contains($"{FullDiskExplorer.RemovedEvidence}: none", new FaultExploration(new FaultOptions()).FindVacuity(new ExplorationFigures()));

    private static ExplorationFigures Explore(FaultOptions options)
    {
        ExplorationFigures figures = new();
        FullDiskExplorer explorer = new(options, figures);
        for (long number = 0; number < Runs; number++)
            explorer.Explore(number, TestContext.Current.CancellationToken);
        return figures;
    }

    /// <summary>A disk on which the ballast cannot be made shorter, and nobody hears of it.</summary>
    private sealed class StuckBallast(IFileSystem inner) : ForwardingFileSystem(inner)
    {
        public override IFile Open(string path, FileIntent intent) => path == "wal/ballast" ? new StuckFile(base.Open(path, intent)) : base.Open(path, intent);

        private sealed class StuckFile(IFile inner) : ForwardingFile(inner)
        {
            public override void SetLength(long length)
            {
            }
        }
    }
}
