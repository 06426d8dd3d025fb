using Persistence.Checkpoints;
using Persistence.Compaction;
using Persistence.Configuration;
using Persistence.Diagnostics;
using Persistence.Engine;
using Persistence.Recovery;
using Persistence.State;
using Persistence.Storage;
using Persistence.Storage.Simulated;
using Persistence.Tests.Engine;
using Xunit;

namespace Persistence.Tests.Checkpoints;

public class RemoveCheckpointsTests
{
    private static readonly StoreOptions _options = TestStore.SmallOptions with { CheckpointIncrementFromBytes = 0, CheckpointIncrementsMax = 2, CheckpointsRetained = 4 };

    [Fact]
    public void Removing_one_removes_what_builds_on_it_and_nothing_else()
    {
        using TestStore store = Make(6);
        Assert.Equal([2, 3], store.Store.RemoveCheckpoints(2));
        Assert.Equal([1, 4, 5, 6], Ids(store));
        Assert.Equal(4, store.Files.List(CheckpointNames.Directory).Count);
        Assert.Equal([1, 4, 5, 6], Ids(store));
        AssertReopens(store, expectedCheckpoint: 6);
    }

    [Fact]
    public void Deletions_since_an_older_one_are_not_lost_when_the_newest_is_removed()
    {
        using TestStore store = Make(1);
        store.KeyValue.Delete("k0");
        store.Store.TakeCheckpoint();
        store.Store.RemoveCheckpoints(2);
        store.Set("other", "1");
        CheckpointInfo next = store.Store.TakeCheckpoint(new CheckpointRequest { Kind = CheckpointKind.Incremental });
        Assert.True(next.IsFull);
        AssertReopens(store, next.Id);
        Assert.Null(store.Get("k0"));
    }

    [Fact]
    public void All_may_go_while_the_log_is_there_from_its_beginning()
    {
        using TestStore store = Make(3);
        store.Store.RemoveCheckpoints(1, 2, 3);
        Assert.Empty(Ids(store));
        AssertReopens(store, expectedCheckpoint: null);
    }

    [Fact]
    public void What_the_state_could_not_be_rebuilt_without_stays()
    {
        SimulatedFileSystem files = new();
        using TestStore store = TestStore.Create(files, _options with { CheckpointsRetained = 1, CheckpointIncrementsMax = 0 });
        for (int i = 0; i < 4; i++)
        {
            store.Set($"k{i}", new string('x', 50_000));
            store.Store.TakeCheckpoint();
        }

        StoreException refusal = Assert.Throws<StoreException>(() => store.Store.RemoveCheckpoints(4));
        Assert.Equal(StoreError.CheckpointInvalid, refusal.Error);
        Assert.Equal([4], Ids(store));
        AssertReopens(store, 4);
    }

    [Fact]
    public void Log_that_happens_to_be_there_still_takes_the_place_of_no_checkpoint()
    {
        SimulatedFileSystem files = new();
        using TestStore store = TestStore.Create(files, _options with { CheckpointsRetained = 1, LogRetainBytes = long.MaxValue });
        store.Set("a", "1");
        store.Store.TakeCheckpoint();
        Assert.Equal(StoreError.CheckpointInvalid, Assert.Throws<StoreException>(() => store.Store.RemoveCheckpoints(1)).Error);
        store.Store.RotateLog();
        store.Set("b", "1");
        store.Store.Compact(new CompactionRequest { LogBytes = 0 });
        AssertReopens(store, store.Store.GetCheckpoints()[^1].Id);
    }

    [Fact]
    public void With_the_end_of_a_chain_goes_what_no_log_leads_on_from()
    {
        SimulatedFileSystem files = new();
        using TestStore store = TestStore.Create(files, _options with { CheckpointsRetained = 2 });
        for (int i = 0; i < 4; i++)
        {
            store.Set($"k{i}", new string('x', 50_000));
            store.Store.TakeCheckpoint();
        }

        Assert.Equal([1, 2, 3], store.Store.RemoveCheckpoints(3));
        Assert.Equal([4], Ids(store));
        Assert.All(PersistenceStore.VerifyCheckpoints(TestStore.HostFor(files)), found => Assert.True(found.IsUsable));
        AssertReopens(store, 4);
    }

    [Fact]
    public void Of_a_checkpoint_without_which_only_a_damaged_one_is_left_the_removal_is_refused()
    {
        SimulatedFileSystem files = new();
        TestStore store = TestStore.Create(files, _options with { CheckpointsRetained = 2, CheckpointIncrementsMax = 0 });
        for (int i = 0; i < 5; i++)
        {
            store.Set($"k{i}", new string('x', 50_000));
            store.Store.TakeCheckpoint();
        }

        string state = store.Dump();
        using (IFile damaged = files.Open("checkpoints/0000000004.full", FileIntent.ReadWrite))
            damaged.Write("????"u8, 140);
        Assert.Equal(StoreError.CheckpointInvalid, Assert.ThrowsAny<StoreException>(() => store.Store.RemoveCheckpoints(5)).Error);
        Assert.Equal([4, 5], Ids(store));
        store.Store.RemoveCheckpoints(4);
        store.Dispose();
        using TestStore again = TestStore.Open(files, _options);
        Assert.Equal(state, again.Dump());
    }

    [Fact]
    public void A_number_that_is_not_there_removes_nothing()
    {
        using TestStore store = Make(2);
        Assert.Equal(StoreError.CheckpointNotFound, Assert.Throws<StoreException>(() => store.Store.RemoveCheckpoints(1, 7)).Error);
        Assert.Equal([1, 2], Ids(store));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void One_that_cannot_be_read_is_listed_as_far_as_it_is_known_and_can_be_removed(bool isMissing)
    {
        SimulatedFileSystem files = new();
        using TestStore store = Make(5, files);
        using (IFile damaged = files.Open("checkpoints/0000000004.full", FileIntent.ReadWrite))
            damaged.Write("????"u8, 60);
        if (isMissing)
            files.Delete("checkpoints/0000000004.full");
        IReadOnlyList<CheckpointInfo> all = store.Store.GetCheckpoints();
        Assert.Equal([1, 2, 3, 4, 5], all.Select(one => one.Id));
        Assert.All(all, one => Assert.Equal(one.Id == 4, one.Problem is not null));
        Assert.Equal((true, null, null, null, 0), (all[3].IsFull, all[3].ParentId, all[3].Created, all[3].Name, all[3].ItemCount));
        Assert.Contains("0000000004.full", all[3].Problem, StringComparison.Ordinal);
        Assert.Equal(isMissing, all[3].FileBytes == 0);
        Assert.True(all[2].End < all[3].End && all[3].End < all[4].End);
        HealthProbe health = store.Store.CheckHealth().Probes.Single(probe => probe.Name == HealthProbes.Checkpoint);
        Assert.Equal(HealthStatus.Unhealthy, health.Status);
        Assert.Contains("0000000004.full", health.Message, StringComparison.Ordinal);
        Assert.Equal([4, 5], store.Store.RemoveCheckpoints(4));
        Assert.All(store.Store.GetCheckpoints(), one => Assert.Null(one.Problem));
        AssertReopens(store, expectedCheckpoint: 3);
    }

    [Fact]
    public void Cut_anywhere_removal_leaves_a_store_that_opens_with_its_state()
    {
        SimulatedFileSystem disk = new();
        List<SimulatedFileSystem> images = [];
        bool removing = false;
        FaultInjectingFileSystem files = new(disk, (in StorageOperation _) =>
        {
            if (removing)
            {
                images.Add(disk.CrashImage(CrashImageKind.DropPending));
                images.Add(disk.CrashImage(CrashImageKind.KeepEverything));
            }

            return null;
        });
        using TestStore store = Make(5, files);
        removing = true;
        store.Store.RemoveCheckpoints(4);
        removing = false;
        Assert.True(images.Count > 6);
        foreach (SimulatedFileSystem image in images)
        {
            using TestStore again = TestStore.Open(image, _options);
            Assert.Equal(store.Dump(), again.Dump());
        }
    }

    [Fact]
    public void Verification_names_what_is_wrong_with_each()
    {
        SimulatedFileSystem files = new();
        using (TestStore store = Make(6, files))
            Assert.All(PersistenceStore.VerifyCheckpoints(TestStore.HostFor(files)), found => Assert.True(found.IsUsable));
        using (IFile file = files.Open("checkpoints/0000000005.incr", FileIntent.ReadWrite))
            file.Write([0xFF], file.GetLength() - 60);
        files.Delete("checkpoints/0000000001.full");
        List<int> told = [];
        IReadOnlyList<CheckpointVerification> all = PersistenceStore.VerifyCheckpoints(TestStore.HostFor(files), (number, count) => told.Add((number * 10) + count));
        Assert.Equal([16, 26, 36, 46, 56, 66], told);
        Assert.Equal([false, false, false, true, false, false], all.Select(found => found.IsUsable));
        Assert.Equal([1, 2, 3], all[2].Chain);
        Assert.Contains("missing", all[2].Problem, StringComparison.Ordinal);
        Assert.Contains("0000000005.incr", all[5].Problem, StringComparison.Ordinal);
        Assert.Equal("c5", all[5].Name);
        Assert.Equal([true, false, false, true, false, false], all.Select(found => found.IsFull));
    }

    [Fact]
    public void Verification_tells_when_the_log_that_one_needs_is_gone()
    {
        SimulatedFileSystem files = new();
        using (TestStore store = Make(3, files))
        {
            store.Store.RotateLog();
            store.Set("later", "1");
        }

        files.Delete("wal/0000000001.wal");
        IReadOnlyList<CheckpointVerification> all = PersistenceStore.VerifyCheckpoints(TestStore.HostFor(files));
        Assert.All(all, found => Assert.Contains("wal/0000000001.wal", found.Problem, StringComparison.Ordinal));
    }

    [Fact]
    public void Verification_counts_on_the_archive_as_recovery_does()
    {
        SimulatedFileSystem files = new();
        StoreOptions archived = _options with { CheckpointsRetained = 1, ArchiveLog = true };
        Lsn target;
        using (TestStore store = TestStore.Create(files, archived))
        {
            store.Set("a", "1");
            store.Store.TakeCheckpoint();
            target = store.Set("b", "1").First;
            store.Store.RotateLog();
            store.Set("c", "1");
            store.Store.TakeCheckpoint();
        }

        Assert.DoesNotContain(files.List("wal"), entry => entry.Name == "0000000001.wal");
        using TestStore back = TestStore.Open(files, archived, target: RecoveryTarget.ToLsn(target));
        Assert.Equal("a=1;b=1;", back.Dump());
        Assert.True(Assert.Single(PersistenceStore.VerifyCheckpoints(TestStore.HostFor(files))).IsUsable);
        Assert.DoesNotContain(StoreInspector.Inspect(TestStore.HostFor(files)).Findings, finding => finding.Severity != FindingSeverity.Information);
    }

    [Fact]
    public void What_a_usable_increment_builds_on_is_usable_with_it_though_the_log_between_is_gone()
    {
        SimulatedFileSystem files = new();
        using (TestStore store = TestStore.Create(files, _options with { CheckpointsRetained = 1, LogRetainBytes = 0, SegmentBytes = 32 << 10 }))
        {
            store.Set("k", "1");
            store.Store.TakeCheckpoint(new CheckpointRequest { Kind = CheckpointKind.Full });
            for (int i = 0; i < 40; i++)
                store.Set($"k{i}", new string('x', 3000));
            store.Store.TakeCheckpoint(new CheckpointRequest { Kind = CheckpointKind.Incremental });
        }

        Assert.DoesNotContain(files.List("wal"), static entry => entry.Name == "0000000001.wal");
        IReadOnlyList<CheckpointVerification> all = PersistenceStore.VerifyCheckpoints(TestStore.HostFor(files));
        Assert.Equal([true, false], all.Select(static found => found.IsFull));
        Assert.All(all, static found => Assert.Null(found.Problem));
        using (IFile file = files.Open(files.List("checkpoints").Single(static entry => entry.Name.EndsWith(".incr", StringComparison.Ordinal)) is { Name: string name } ? $"checkpoints/{name}" : "", FileIntent.ReadWrite))
            file.Write([0xFF], file.GetLength() - 60);
        Assert.All(PersistenceStore.VerifyCheckpoints(TestStore.HostFor(files)), static found => Assert.False(found.IsUsable));
    }

    private static TestStore Make(int checkpoints, IFileSystem? files = null)
    {
        TestStore store = TestStore.Create(files ?? new SimulatedFileSystem(), _options);
        for (int i = 0; i < checkpoints; i++)
        {
            store.Set($"k{i}", $"{i}");
            store.Store.TakeCheckpoint($"c{i}");
        }

        store.Set("last", "1");
        return store;
    }

    private static IEnumerable<long> Ids(TestStore store) => store.Store.GetCheckpoints().Select(checkpoint => checkpoint.Id);

    private static void AssertReopens(TestStore store, long? expectedCheckpoint)
    {
        using TestStore again = TestStore.Open(((SimulatedFileSystem)store.Files).CrashImage(CrashImageKind.DropPending), _options);
        Assert.Equal(expectedCheckpoint, again.Store.RecoveryReport.CheckpointId);
        Assert.Equal(store.Dump(), again.Dump());
    }
}
