using Persistence.Configuration;
using Persistence.CrashKit.Entities.Work;
using Persistence.CrashKit.Exploration;
using Persistence.CrashKit.PowerLoss;
using Persistence.CrashKit.Reports;
using Persistence.CrashKit.Runs;
using Persistence.CrashKit.Simulation;
using Persistence.Storage.Simulated;
using Xunit;

namespace Persistence.CrashKit.Tests.PowerLoss;

public sealed class PowerLossExplorationTests
{
    [Fact]
    public void The_engine_survives_every_state_of_a_few_runs_under_every_profile()
    {
        ExplorationResult result = Run(new PowerLossOptions { Seed = 1 }, 25_000);
        Assert.Equal([], result.Figures.Failures.Select(failure => failure.ToString()));
        Assert.Equal([], result.VacuousBecause);
        Assert.Equal(KillRunVerdict.Passed, result.Verdict);
        Assert.True(result.Figures.Distinct >= 25_000);
        Assert.True(result.Figures.Tiers["cut in recovery"].Distinct > 100);
        Assert.True(result.Figures.Evidence["closed, opened and killed"] > 0);
    }

    [Fact]
    public void Entities_survive_every_state_of_a_few_runs_under_every_profile()
    {
        ExplorationResult result = Run(new PowerLossOptions { Seed = 3, Workloads = ["entities"] }, 5_000);
        Assert.Equal([], result.Figures.Failures.Select(failure => failure.ToString()));
        Assert.Equal([], result.VacuousBecause);
        Assert.True(result.Figures.Tiers["cut in recovery"].Distinct > 100);
        Assert.True(result.Figures.Evidence[EntityEvidence.NameOf(EntityDeeds.Transfer)] > 0);
    }

    [Fact]
    public void Many_runs_in_which_something_was_never_done_to_entities_are_vacuous()
    {
        PowerLossExploration exploration = new(new PowerLossOptions { WithNeighbours = false, Workloads = ["entities"] });
        ExplorationFigures figures = new();
        figures.Note(PowerLossExploration.RunsEvidence, 16);
        string[] reasons = [.. EntityDeeds.All.Where(static deed => deed != EntityDeeds.Conflict).Select(static deed => $"entities: {deed}: none")];
        Assert.Equal(reasons, exploration.FindVacuity(figures).Intersect(reasons));
        foreach (string deed in EntityDeeds.All)
            figures.Note(EntityEvidence.NameOf(deed), 1);
        Assert.Empty(exploration.FindVacuity(figures).Intersect(reasons));
    }

    [Fact]
    public void A_seed_gives_the_same_figures_whatever_the_number_of_threads()
    {
        PowerLossOptions options = new() { Seed = 3, Profiles = [CrashProfile.OrderedMetadata], SampledMax = 200 };
        ExplorationFigures one = Run(options, 2000, lanes: 1).Figures;
        ExplorationFigures three = Run(options, 2000, lanes: 3).Figures;
        Assert.Equal(one.Tiers, three.Tiers);
        Assert.Equal(one.Evidence, three.Evidence);
    }

    [Fact]
    public void Few_runs_meet_every_profile_and_every_mode_and_not_many_each_combination()
    {
        PowerLossOptions options = new();
        (DurabilityMode Mode, CrashProfile Profile)[] turns = [.. Enumerable.Range(0, 25).Select(piece => (PowerLossExploration.PlanOf(options, piece).Options.Durability, PowerLossExploration.ProfileOf(options, piece)))];
        Assert.Equal(3, turns.Take(5).Select(turn => turn.Mode).Distinct().Count());
        Assert.Equal(5, turns.Take(5).Select(turn => turn.Profile).Distinct().Count());
        Assert.Equal(15, turns.Distinct().Count());
    }

    [Fact]
    public void A_run_of_kills_alone_is_vacuous()
    {
        ExplorationResult result = Run(new PowerLossOptions { Tiers = [0], ContinuedMax = 0, WithNeighbours = false }, 1);
        Assert.Equal(KillRunVerdict.Vacuous, result.Verdict);
        Assert.Equal(["no state had lost anything"], result.VacuousBecause);
    }

    [Fact]
    public void Many_runs_without_increments_archives_compaction_or_directories_elsewhere_are_vacuous()
    {
        PowerLossExploration exploration = new(new PowerLossOptions { WithNeighbours = false });
        ExplorationFigures figures = new();
        figures.Note(PowerLossExploration.RunsEvidence, 15);
        string[] reasons = ["no store had directories elsewhere", "no increment was taken", "no segment was archived", "nothing was compacted"];
        Assert.Empty(exploration.FindVacuity(figures).Intersect(reasons));
        figures.Note(PowerLossExploration.RunsEvidence, 1);
        Assert.Equal(reasons, exploration.FindVacuity(figures).Intersect(reasons));
        figures.Note(PowerLossExploration.SpreadEvidence, 1);
        new UpkeepCounts(Increments: 1, Archived: 1, Requested: 0, Due: 1).NoteIn(figures);
        Assert.Empty(exploration.FindVacuity(figures).Intersect(reasons));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Among_so_many_runs_of_any_seed_some_do_all_that_stores_do_beside_their_operations(long seed)
    {
        PowerLossOptions options = new() { Seed = seed };
        RecordedRun[] runs = [.. Enumerable.Range(0, 16).Select(piece => RecordedRun.Record(PowerLossExploration.PlanOf(options, piece)))];
        Assert.Contains(runs, static run => run.Plan.HasPlaces);
        Assert.Contains(runs, static run => run.Upkeep.Increments > 0);
        Assert.Contains(runs, static run => run.Upkeep.Archived > 0);
        Assert.Contains(runs, static run => run.Upkeep.Due > 0);
        Assert.Contains(runs, static run => run.Upkeep.Requested > 0);
    }

    [Fact]
    public void A_run_that_is_interrupted_has_no_answer_however_much_it_had_tested()
    {
        using CancellationTokenSource interrupted = new();
        ExplorationResult result = new ExplorationRun(new Interrupting(interrupted), new ExplorationOptions { States = 2, Lanes = 1 }).Run(interrupted.Token);
        Assert.Equal(1, result.Figures.Distinct);
        Assert.Equal(KillRunVerdict.CouldNotRun, result.Verdict);
        Assert.Contains(ExplorationReport.Explain(result), line => line.StartsWith("Could not run: ", StringComparison.Ordinal));
    }

    [Fact]
    public void A_run_that_is_interrupted_when_it_has_all_it_was_to_try_has_an_answer()
    {
        using CancellationTokenSource interrupted = new();
        ExplorationResult result = new ExplorationRun(new Interrupting(interrupted), new ExplorationOptions { States = 1, Lanes = 1 }).Run(interrupted.Token);
        Assert.Equal(KillRunVerdict.Passed, result.Verdict);
    }

    [Fact]
    public void A_failure_is_left_as_it_is_once_nobody_waits_for_a_smaller_one()
    {
        using CancellationTokenSource interrupted = new();
        interrupted.Cancel();
        PowerLossFailure failure = FindCanary();
        ReplayFile file = ReplayFile.Read(failure.Minimise(TimeSpan.FromHours(1), interrupted.Token).Replay);
        Assert.Equal(failure.Run.Plan.OperationCount, file.Failure.Run.Plan.OperationCount);
    }

    [Fact]
    public void A_disk_that_lies_costs_acknowledged_operations_and_that_is_reported()
    {
        ExplorationResult result = Run(new PowerLossOptions { Profiles = [CrashProfile.LyingDisk] }, 5000);
        Assert.Equal(KillRunVerdict.Convicted, result.Verdict);
    }

    [Theory]
    [InlineData("mixed")]
    [InlineData("entities")]
    public void An_engine_that_never_syncs_is_convicted_and_the_failure_is_made_small_and_kept_in_a_file(string workload)
    {
        PowerLossFailure failure = FindCanary(workload);
        MinimisedFailure minimised = failure.Minimise(TimeSpan.FromMinutes(10), TestContext.Current.CancellationToken);
        Assert.InRange(minimised.Replay.Length, 1, 64 << 10);
        ReplayFile file = ReplayFile.Read(minimised.Replay);
        Assert.InRange(file.Failure.Dropped.Count + file.Failure.Choice.Torn.Count, 1, 3);
        Assert.Equal(file.Failure.Message, file.Judge());
        Assert.Equal(minimised.Replay, new ReplayFile(file.Failure, file.Mutant).Write());
    }

    [Theory]
    [InlineData("mixed")]
    [InlineData("entities")]
    public void A_failure_can_be_seen_again_from_its_file_as_it_was_found(string workload)
    {
        PowerLossFailure failure = FindCanary(workload);
        ReplayFile file = ReplayFile.Read(new ReplayFile(failure, "some-mutant").Write());
        Assert.Equal("some-mutant", file.Mutant);
        Assert.Equal(failure.Message, file.Judge());
        Assert.Equal(new ReplayFile(failure, null).ImageHash, file.ImageHash);
        Assert.Equal(failure.Choice.Cut, file.Failure.Choice.Cut);
        Assert.Equal(failure.Dropped.Count, file.Failure.Dropped.Count);
    }

    [Fact]
    public void A_replay_file_that_is_damaged_is_refused()
    {
        byte[] bytes = new ReplayFile(FindCanary(), null).Write();
        Assert.Throws<InvalidDataException>(() => ReplayFile.Read([]));
        Assert.Throws<InvalidDataException>(() => ReplayFile.Read("not a replay file"u8.ToArray()));
        Assert.Throws<InvalidDataException>(() => ReplayFile.Read(bytes[..^1]));
        for (int at = 0; at < bytes.Length; at += 1 + (bytes.Length / 64))
        {
            byte[] damaged = [.. bytes];
            damaged[at] ^= 1;
            Assert.Throws<InvalidDataException>(() => ReplayFile.Read(damaged));
        }
    }

    [Theory]
    [InlineData("keyvalue")]
    [InlineData("entities")]
    public void A_failure_after_a_recovery_can_be_seen_again_too(string workload)
    {
        // The engine is sound; what it writes after its first recovery is never synced.
        RecordedRun first = RecordedRun.Record(RunPlan.Create(workload, 2, DurabilityMode.Sync, 10));
        CrashStateSpace space = new(first.Trace, CrashProfile.PosixMin);
        CrashChoice cut = new(space.Micros.Count) { Tier = 1, Cut = first.Trace.End - 20 };
        RunPlan plan = RunPlan.Create(workload, 2, DurabilityMode.Sync, 6, epoch: 1, writers: first.Plan.Operations.Count) with { Options = first.Plan.Options };
        RecordedRun second = RecordedRun.Record(plan, RunStart.AfterPowerCut(first, space.At(cut), cut.Cut), static disk => new SilentSyncs(disk));
        PowerLossExplorer explorer = new(second, CrashProfile.PosixMin, new ExplorationFigures()) { Title = "" };
        explorer.Explore(1, CancellationToken.None);
        PowerLossFailure failure = explorer.Failure!;
        ReplayFile file = ReplayFile.Read(new ReplayFile(failure, null).Write());
        Assert.Equal(failure.Message, file.Judge());
        Assert.Equal(1, file.Failure.Run.Start.Epoch);
    }

    [Fact]
    public void A_store_that_was_closed_is_gone_on_with_as_it_was_left_and_then_killed()
    {
        RecordedRun run = RecordedRun.Record(RunPlan.Create("keyvalue", 2, DurabilityMode.Sync, 10));
        PowerLossExplorer explorer = new(run, CrashProfile.PosixMin, new ExplorationFigures()) { Title = "", ContinuedMax = 1, PicksKillsOnly = true };
        RecordedRun again = explorer.Continue(explorer.Closed, run.Plan.Again(epoch: 1, operations: 4));
        // Nothing had to be recovered: the segment goes on, and no other one was begun before the first commit.
        Assert.DoesNotContain(again.Trace.Operations, operation => operation.Kind == DiskChangeKind.Rename && operation.Enter < again.History.OpenedAt && operation.NewName.EndsWith(".wal", StringComparison.Ordinal));
        explorer.Explore([0, 1], CancellationToken.None);
        Assert.True(Assert.Single(explorer.Continued).IsKill);
    }

    /// <summary>Tries one case, and is interrupted.</summary>
    private sealed class Interrupting(CancellationTokenSource interrupted) : IExploration
    {
        public string Name => "interrupting";

        public long? PieceCount => null;

        public ExplorationFigures Explore(long piece, CancellationToken stop)
        {
            ExplorationFigures figures = new();
            figures.Count("tier", 1, 1);
            interrupted.Cancel();
            return figures;
        }

        public IEnumerable<string> FindVacuity(ExplorationFigures figures) => [];
    }

    private static PowerLossFailure FindCanary(string workload = "mixed")
    {
        RecordedRun run = RecordedRun.Record(RunPlan.Create(workload, 4, DurabilityMode.Sync, 20), RunStart.New, static disk => new SilentSyncs(disk));
        PowerLossExplorer explorer = new(run, CrashProfile.PosixMin, new ExplorationFigures()) { Title = "canary" };
        explorer.Explore([0, 1, 2, 3, 4, 5, 6], CancellationToken.None);
        return explorer.Failure!;
    }

    private static ExplorationResult Run(PowerLossOptions options, long states, int lanes = 2) =>
        new ExplorationRun(new PowerLossExploration(options), new ExplorationOptions { Seed = options.Seed, States = states, Lanes = lanes }).Run(CancellationToken.None);
}
