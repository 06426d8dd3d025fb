using Persistence.Configuration;
using Persistence.CrashKit.Exploration;
using Persistence.CrashKit.PowerLoss;
using Persistence.CrashKit.Simulation;
using Persistence.CrashKit.Terminals.PowerLoss;
using Persistence.Engine;
using Persistence.Storage.Simulated;
using Persistence.Terminals;
using Xunit;

namespace Persistence.CrashKit.Tests.Terminals.PowerLoss;

public sealed class TerminalPowerLossTests
{
    [Fact]
    public void The_engine_keeps_what_it_promised_of_terminals()
    {
        TerminalPowerLoss exploration = new(new PowerLossOptions { Seed = 7 });
        ExplorationResult result = new ExplorationRun(exploration, new ExplorationOptions { States = 15_000, Seed = 7 }).Run(TestContext.Current.CancellationToken);
        Assert.Empty(result.Figures.Failures);
        Assert.Empty(result.VacuousBecause);
    }

    [Fact]
    public void The_same_seed_gives_the_same_run()
    {
        RecordedTerminalRun one = Record(3);
        RecordedTerminalRun other = Record(3);
        Assert.Equal(one.Trace.Operations.Select(static operation => operation.ToString()), other.Trace.Operations.Select(static operation => operation.ToString()));
    }

    [Fact]
    public void An_older_state_than_was_promised_is_convicted()
    {
        RecordedTerminalRun run = Record(5);
        CrashStateSpace space = new(run.Trace, CrashProfile.OrderedMetadata);
        long middle = (run.History.OpenedAt + run.Trace.End) / 2;
        SimulatedFileSystem older = space.At(KeepAll(space, middle)).ToFileSystem();
        Assert.Contains("promised", TerminalJudge.Judge(older, run, run.Trace.End, isKill: true), StringComparison.Ordinal);
        Assert.Null(TerminalJudge.Judge(space.At(KeepAll(space, run.Trace.End)).ToFileSystem(), run, run.Trace.End, isKill: true));
    }

    [Theory]
    [InlineData("renamed")]
    [InlineData("written")]
    [InlineData("destroyed")]
    [InlineData("ended")]
    public void What_nobody_did_is_convicted(string what)
    {
        RecordedTerminalRun run = Record(5);
        CrashStateSpace space = new(run.Trace, CrashProfile.OrderedMetadata);
        SimulatedFileSystem disk = space.At(KeepAll(space, run.Trace.End)).ToFileSystem();
        TerminalState state = new();
        using (PersistenceStore store = PersistenceStore.Open(SimulatedHost.CreateInline(disk, 1, run.Boot), RunPlan.Quiet(run.Plan.Options), [state]))
        {
            TerminalBatch batch = state.CreateBatch();
            PaneId pane = state.Tree.Panes.Values.Last(static pane => pane.State.Status != PaneStatus.Exited).Id;
            if (what == "renamed")
                batch.RenameSession(state.Tree.Sessions.Keys.First(), "phantom");
            else if (what == "written")
                batch.AppendOutput(pane, "\u0001phantom\u0001"u8);
            else if (what == "destroyed")
                batch.DestroyPane(pane);
            else
                batch.SetPaneState(pane, PaneState.Exited(77, 0, null));
            state.Commit(batch);
        }

        Assert.NotNull(TerminalJudge.Judge(disk, run, run.Trace.End, isKill: true));
    }

    [Fact]
    public void A_run_is_gone_on_with_only_from_what_it_may_have_left()
    {
        RecordedTerminalRun run = Record(5);
        CrashStateSpace space = new(run.Trace, CrashProfile.OrderedMetadata);
        CrashState last = space.At(KeepAll(space, run.Trace.End));
        Assert.Equal(1, run.GoOn(last, run.Trace.End, isKill: false, operations: 5).Epoch);
        CrashState older = space.At(KeepAll(space, (run.History.OpenedAt + run.Trace.End) / 2));
        Assert.Throws<SimulationException>(() => run.GoOn(older, run.Trace.End, isKill: false, operations: 5));
    }

    private static RecordedTerminalRun Record(long seed) => RecordedTerminalRun.Record(TerminalRunPlan.Create(seed, DurabilityMode.Sync, 40));

    private static CrashChoice KeepAll(CrashStateSpace space, long cut)
    {
        CrashChoice choice = new(space.Micros.Count) { Cut = cut };
        Array.Fill(choice.Keeps, true);
        return choice;
    }
}
