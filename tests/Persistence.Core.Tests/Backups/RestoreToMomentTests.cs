using Persistence.Backups;
using Persistence.Configuration;
using Persistence.Diagnostics;
using Persistence.Engine;
using Persistence.KeyValue;
using Persistence.Recovery;
using Persistence.State;
using Persistence.Storage.Simulated;
using Persistence.Tests.Engine;
using Persistence.Tests.Recovery;
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
        SimulatedFileSystem backup = new();
        StoreBackup.Take(host, backup);
        KeyValueState state = new();
        using (PersistenceStore read = StoreBackup.OpenReadOnly([backup], TestStore.HostFor(new SimulatedFileSystem()), [state]))
            Assert.Equal(2, state.Count);
        Assert.True(StoreBackup.Verify([backup], TestStore.HostFor(new SimulatedFileSystem()), stop: TestContext.Current.CancellationToken).IsWhole);
        Assert.Equal(store.Dump(), Restore([backup], target: null));
    }

    private static string Restore(IReadOnlyList<SimulatedFileSystem> backups, RecoveryTarget? target)
    {
        SimulatedFileSystem destination = new();
        StoreBackup.Restore([.. backups], TestStore.HostFor(destination), TestStore.SmallOptions, [new KeyValueState()], stop: TestContext.Current.CancellationToken, target: target);
        using TestStore restored = TestStore.Open(destination);
        return restored.Dump();
    }
}
