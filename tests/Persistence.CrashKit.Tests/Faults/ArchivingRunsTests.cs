using Persistence.CrashKit.Exploration;
using Persistence.CrashKit.Faults;
using Persistence.CrashKit.Simulation;
using Persistence.Storage.Simulated;
using Xunit;

namespace Persistence.CrashKit.Tests.Faults;

/// <summary>Whether what archives segments, and what would reveal that it does not verify them, comes up among the runs at all.</summary>
public sealed class ArchivingRunsTests
{
    [Theory]
    [InlineData(1, 2)]
    [InlineData(2, 2)]
    [InlineData(3, 0)]
    public void Some_run_in_every_turn_archives_segments_and_lets_the_log_go_of_them(long seed, long number)
    {
        FaultPlan plan = FaultPlan.OnNewStore(new FaultOptions { Seed = seed }, number);
        Assert.True(plan.Run.Options.ArchiveLog);
        Assert.True(plan.Run.KeepsAllRecords);
        Assert.Contains(plan.Unhurt.Disk.Seen, seen => seen.Operation.Kind == StorageOperationKind.SyncDirectory && seen.Operation.Path == "archive");
    }

    [Fact]
    public void Many_faults_in_runs_without_increments_archives_and_compaction_are_vacuous()
    {
        FaultExploration exploration = new(new FaultOptions());
        ExplorationFigures figures = new();
        figures.Note(FaultExplorer.FiredEvidence, 400);
        string[] reasons = ["no increment was taken", "no segment was archived", "nothing was compacted"];
        Assert.Equal(reasons, exploration.FindVacuity(figures).Intersect(reasons));
        new UpkeepCounts(Increments: 1, Archived: 1, Requested: 1, Due: 0).NoteIn(figures);
        Assert.Empty(exploration.FindVacuity(figures).Intersect(reasons));
    }

    [Fact]
    public void A_lost_write_of_an_archived_segment_is_no_lie_since_it_is_read_back()
    {
        FaultPlan plan = FaultPlan.OnNewStore(new FaultOptions { Seed = 1 }, 2);
        FaultPoint[] lost = [.. plan.FindPoints().Where(point => point.Kind == FaultKind.LostWrite && point.Operation.Path.StartsWith("staging/0000000001-", StringComparison.Ordinal))];
        Assert.NotEmpty(lost);
        Assert.All(lost, point => Assert.False(point.Lies));
    }
}
