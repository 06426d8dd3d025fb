using Persistence.Diagnostics;
using Persistence.Engine;
using Persistence.Recovery;
using Persistence.State;
using Persistence.Storage.Simulated;
using Persistence.Tests.Engine;
using Xunit;

namespace Persistence.Tests.Recovery;

/// <summary>Every position of a small history, dead branches, dropped tails and gaps included, against its model.</summary>
public sealed class EveryPositionTests
{
    private static readonly BranchedHistory History = BranchedHistory.Instance;

    [Fact]
    public void At_every_position_the_state_is_the_models_or_there_is_none()
    {
        Lsn end = History.Segments[^1].Header!.NextFirstLsn + 1000;
        int states = 0;
        int gaps = 0;
        for (Lsn lsn = Lsn.None; lsn <= end; lsn += 1)
        {
            string? expected = History.StateAt(lsn);
            string? found = TryOpen(lsn);
            if (expected != found)
                Assert.Fail($"at LSN {lsn}: {found?.Length.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "nothing"} instead of {expected?.Length.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "nothing"}");
            _ = expected is null ? gaps++ : states++;
        }

        Assert.True(states > 40_000 && gaps > 40_000, $"{states} states, {gaps} positions without one");
    }

    private static string? TryOpen(Lsn lsn)
    {
        try
        {
            using TestStore store = TestStore.OpenReadOnly(History.Files, target: RecoveryTarget.ToLsn(lsn));
            return store.Dump();
        }
        catch (UnreachableTargetException e)
        {
            Assert.Equal(StoreError.PositionNotInLog, e.Error);
            Assert.Equal(lsn.Value, e.Position);
            return null;
        }
    }

    [Fact]
    public void Going_back_in_place_to_every_commit_of_every_branch_gives_its_state_and_the_store_goes_on_from_there()
    {
        foreach ((Lsn lsn, _, string state) in History.Commits)
        {
            SimulatedFileSystem files = History.Copy();
            string expected;
            using (TestStore store = TestStore.Open(files, BranchedHistory.Options, target: RecoveryTarget.ToLsn(lsn)))
            {
                Assert.Equal(state, store.Dump());
                store.Set("more", "1");
                store.KeyValue.Delete("a2");
                store.Store.TakeCheckpoint();
                store.Set("more", "2");
                expected = store.Dump();
            }

            using (TestStore again = TestStore.Open(files, BranchedHistory.Options))
                Assert.Equal(expected, again.Dump());
            foreach ((Lsn other, _, string kept) in History.Commits)
            {
                using TestStore earlier = TestStore.OpenReadOnly(files, target: RecoveryTarget.ToLsn(other));
                Assert.Equal(kept, earlier.Dump());
            }

            Assert.True(StoreInspector.Inspect(TestStore.HostFor(files)).IsHealthy);
        }
    }

    [Fact]
    public void Each_listed_checkpoint_is_a_state_to_go_back_to()
    {
        Assert.True(History.Checkpoints.Count >= 2);
        foreach ((long id, string state) in History.Checkpoints)
        {
            using TestStore store = TestStore.Open(History.Copy(), BranchedHistory.Options, target: RecoveryTarget.ToCheckpoint(id));
            Assert.Equal(state, store.Dump());
            Assert.Equal(id, store.Store.RecoveryReport.CheckpointId);
        }
    }

    [Fact]
    public void At_every_commits_time_and_between_them_the_state_is_that_of_the_current_history()
    {
        using TestStore now = TestStore.OpenReadOnly(History.Files);
        HashSet<Lsn> current = [.. now.Store.ReadLog().Select(entry => entry.Lsn)];
        (Lsn Lsn, DateTimeOffset Time, string State)[] commits = [.. History.Commits.Where(commit => current.Contains(commit.Lsn)).OrderBy(commit => commit.Lsn)];
        Assert.InRange(commits.Length, 8, History.Commits.Count - 4);
        for (int i = 0; i < commits.Length; i++)
        {
            Assert.Equal(commits[i].State, DumpAt(commits[i].Time));
            Assert.Equal(commits[i].State, DumpAt(commits[i].Time.AddSeconds(30)));
            Assert.Equal(i == 0 ? "" : commits[i - 1].State, DumpAt(commits[i].Time.AddTicks(-1)));
        }
    }

    private static string DumpAt(DateTimeOffset time)
    {
        using TestStore store = TestStore.OpenReadOnly(History.Files, target: RecoveryTarget.ToTime(time));
        return store.Dump();
    }
}
