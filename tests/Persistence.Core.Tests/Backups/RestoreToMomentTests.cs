using Persistence.Backups;
using Persistence.Configuration;
using Persistence.Diagnostics;
using Persistence.Engine;
using Persistence.KeyValue;
using Persistence.Recovery;
using Persistence.State;
using Persistence.Storage.Simulated;
using Persistence.Tests.Configuration;
using Persistence.Tests.Engine;
using Persistence.Tests.Recovery;
using Persistence.Tests.Storage;
using Xunit;

namespace Persistence.Tests.Backups;

/// <summary>Restoring the state of an earlier moment than that of the backup; backups of stores whose directories lie elsewhere.</summary>
public class RestoreToMomentTests
{
    [Fact]
    public void Every_commit_since_the_first_backup_can_be_restored_from_it_and_its_increment()
    {
        SimulatedFileSystem files = new();
        using TestStore store = TestStore.Create(files);
        store.Set("a", "0");
        store.Store.TakeCheckpoint();
        SimulatedFileSystem full = new();
        StoreBackup.Take(TestStore.HostFor(files), full);
        List<(Lsn Lsn, string State)> history = [];
        for (int i = 1; i < 6; i++)
            history.Add((store.Set($"k{i}", $"{i}").First, store.Dump()));
        SimulatedFileSystem increment = new();
        StoreBackup.Take(TestStore.HostFor(files), increment, new BackupRequest { Parents = [full] });
        foreach ((Lsn lsn, string state) in history)
            Assert.Equal(state, Restore([full, increment], RecoveryTarget.ToLsn(lsn)));
        Assert.Equal(store.Dump(), Restore([full, increment], target: null));
        Assert.Equal(store.Dump(), Restore([full, increment], RecoveryTarget.ToTime(DateTimeOffset.UtcNow.AddHours(1))));
        UnreachableTargetException refusal = Assert.Throws<UnreachableTargetException>(() => Restore([full], RecoveryTarget.ToLsn(history[^1].Lsn)));
        Assert.Equal(StoreError.PositionNotInLog, refusal.Error);
    }

    [Fact]
    public void A_backup_of_a_store_that_went_back_has_its_current_history_only()
    {
        BranchedHistory history = BranchedHistory.Instance;
        SimulatedFileSystem files = history.Copy();
        foreach (bool isWithArchive in new[] { false, true })
        {
            SimulatedFileSystem backup = new();
            StoreBackup.Take(TestStore.HostFor(files), backup, new BackupRequest { IncludeArchive = isWithArchive });
            Assert.True(StoreBackup.Verify([backup], TestStore.HostFor(new SimulatedFileSystem()), stop: TestContext.Current.CancellationToken).IsWhole);
            Assert.Equal(history.Commits[^1].State, Restore([backup], target: null));
        }
    }

    [Fact]
    public void An_increment_of_a_backup_whose_history_was_left_is_refused()
    {
        SimulatedFileSystem files = new();
        SimulatedFileSystem full = new();
        Lsn back;
        using (TestStore store = TestStore.Create(files))
        {
            back = store.Set("a", "1").First;
            store.Set("b", "2");
            StoreBackup.Take(TestStore.HostFor(files), full);
        }

        using TestStore branch = TestStore.Open(TestStore.HostFor(files), target: RecoveryTarget.ToLsn(back));
        branch.Set("c", "3");
        SimulatedFileSystem increment = new();
        BackupSample.Refused(StoreError.BackupInvalid, () => StoreBackup.Take(TestStore.HostFor(files), increment, new BackupRequest { Parents = [full] }));
        Assert.Empty(BackupSample.PathsIn(increment));
        StoreBackup.Take(TestStore.HostFor(files), increment);
        Assert.Equal(branch.Dump(), Restore([increment], target: null));
    }

    [Fact]
    public void A_store_whose_log_lies_elsewhere_is_backed_up_read_and_restored_like_any_other()
    {
        SimulatedFileSystem files = new();
        SimulatedFileSystem elsewhere = new();
        StoreHost host = TestStore.HostFor(files) with { Elsewhere = (_, _) => elsewhere };
        StoreOptions options = TestStore.SmallOptions with { LogDirectory = "/else", CheckpointDirectory = "/else" };
        using TestStore store = TestStore.Create(host, options);
        store.Set("a", "1");
        store.Store.TakeCheckpoint();
        store.Set("b", "2");
        ConfiguredStore.WriteFile(files, "# ours\n[paths]\nlog = \"/else\"\n[log]\nspare_segments = 0\n");
        SimulatedFileSystem backup = new();
        StoreBackup.Take(host, backup);
        KeyValueState state = new();
        using (PersistenceStore read = StoreBackup.OpenReadOnly([backup], TestStore.HostFor(new SimulatedFileSystem()), [state]))
            Assert.Equal(2, state.Count);
        Assert.True(StoreBackup.Verify([backup], TestStore.HostFor(new SimulatedFileSystem()), stop: TestContext.Current.CancellationToken).IsWhole);
        Assert.Equal(store.Dump(), Restore([backup], target: null));

        // Its directories are its own, and not where those of the first one lie.
        SimulatedFileSystem destination = new();
        StoreBackup.Restore([backup], TestStore.HostFor(destination), TestStore.SmallOptions, [new KeyValueState()], stop: TestContext.Current.CancellationToken);
        Assert.Equal("# ours\n[paths]\n[log]\nspare_segments = 0\n", destination.FindText(ConfigurationFile.Name));
        using PersistenceStore restored = PersistenceStore.OpenConfigured(TestStore.HostFor(destination), [new KeyValueState()]);
        Assert.False(restored.IsReadOnly);
    }

    [Fact]
    public void What_is_left_out_is_said_to_be_in_the_backup_since_the_new_log_does_not_have_it()
    {
        SimulatedFileSystem files = new();
        using TestStore store = TestStore.Create(files);
        RecoveryTarget first = RecoveryTarget.ToLsn(store.Set("a", "1").First);
        store.Set("b", "2");
        SimulatedFileSystem backup = new();
        StoreBackup.Take(TestStore.HostFor(files), backup);
        RecoveryReport report = StoreBackup.PlanRestore([backup], TestStore.HostFor(new SimulatedFileSystem()), [new KeyValueState()], target: first, stop: TestContext.Current.CancellationToken);
        RecoveryFinding finding = Assert.Single(report.Findings, static finding => finding.Kind == FindingKind.HistoryLeft);
        Assert.Equal("Of the history in the backup 1 record is left out. What is left out is in the backup only.", finding.Message);
    }

    [Fact]
    public void After_the_store_was_taken_back_before_a_backup_nothing_builds_on_it_and_the_refusal_says_why()
    {
        SimulatedFileSystem files = new();
        RecoveryTarget first;
        SimulatedFileSystem full = new();
        using (TestStore store = TestStore.Create(files))
        {
            first = RecoveryTarget.ToLsn(store.Set("a", "1").First);
            // The segment in which the backup ends is none of the history that goes on.
            for (int i = 0; i < 40; i++)
                store.Set($"b{i}", new string('x', 3000));
            StoreBackup.Take(TestStore.HostFor(files), full);
        }

        using (TestStore store = TestStore.Open(files, target: first))
            store.Set("c", "3");
        StoreException refusal = Assert.Throws<StoreException>(() => StoreBackup.Take(TestStore.HostFor(files), new SimulatedFileSystem(), new BackupRequest { Parents = [full] }));
        Assert.Equal(StoreError.BackupInvalid, refusal.Error);
        Assert.Contains("gone on differently", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void After_the_store_was_taken_back_to_what_a_backup_has_increments_go_on_from_it()
    {
        SimulatedFileSystem files = new();
        RecoveryTarget second;
        SimulatedFileSystem full = new();
        using (TestStore store = TestStore.Create(files))
        {
            store.Set("a", "1");
            StoreBackup.Take(TestStore.HostFor(files), full);
            second = RecoveryTarget.ToLsn(store.Set("b", "2").First);
            store.Set("gone", "x");
        }

        using TestStore back = TestStore.Open(files, target: second);
        back.Set("c", "3");
        SimulatedFileSystem increment = new();
        StoreBackup.Take(TestStore.HostFor(files), increment, new BackupRequest { Parents = [full] });
        Assert.Equal(back.Dump(), Restore([full, increment], target: null));
    }

    private static string Restore(IReadOnlyList<SimulatedFileSystem> backups, RecoveryTarget? target)
    {
        SimulatedFileSystem destination = new();
        StoreBackup.Restore([.. backups], TestStore.HostFor(destination), TestStore.SmallOptions, [new KeyValueState()], stop: TestContext.Current.CancellationToken, target: target);
        using TestStore restored = TestStore.Open(destination);
        return restored.Dump();
    }
}
