using Persistence.Diagnostics;
using Persistence.Engine;
using Persistence.KeyValue;
using Persistence.Recovery;
using Persistence.State;
using Persistence.Storage;
using Persistence.Storage.Simulated;
using Persistence.Tests.Engine;
using Persistence.Wal;
using Xunit;

namespace Persistence.Tests.Recovery;

/// <summary>Openings that are called off, refused late, or find what is rarely there.</summary>
public sealed class RareOpeningsTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_opening_called_off_by_who_watches_it_changes_nothing_and_leaves_no_state_and_no_lock(bool readOnly)
    {
        SampleStore sample = SampleStore.Create(setsAfter: 4);
        List<RecoveryPhase> phases = [];
        for (int callsLeft = 0; ; callsLeft++)
        {
            SimulatedFileSystem files = sample.Image.ToFiles();
            KeyValueState state = new();
            int left = callsLeft;
            phases.Clear();
            bool isCalledOff = Record.Exception(() => Open(files, state, readOnly, progress =>
            {
                phases.Add(progress.Phase);
                if (left-- == 0)
                    throw new OperationCanceledException();
            }).Dispose()) is OperationCanceledException;
            if (!isCalledOff)
                break;
            Assert.Equal(0, state.Count);
            Assert.Null(StoreImage.Of(files).FindDifference(sample.Image));
            using TestStore again = TestStore.Open(files, SampleStore.KeepLog);
            Assert.Equal(sample.State, again.Dump());
        }

        Assert.Equal([RecoveryPhase.Started, RecoveryPhase.LoadingCheckpoint, RecoveryPhase.Validating, RecoveryPhase.Completed], phases);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_state_that_breaks_its_own_rules_is_refused_whole(bool readOnly)
    {
        SampleStore sample = SampleStore.Create();
        SimulatedFileSystem files = sample.Image.ToFiles();
        KeyValueState keyValue = new();
        BreakableState broken = new() { Violations = ["one and one is three"] };
        StoreException refused = Assert.ThrowsAny<StoreException>(() => readOnly
            ? PersistenceStore.OpenReadOnly(TestStore.HostFor(files), [keyValue, broken])
            : PersistenceStore.Open(TestStore.HostFor(files), SampleStore.KeepLog, [keyValue, broken]));
        Assert.Equal(StoreError.MalformedData, refused.Error);
        Assert.Contains("one and one is three", refused.Message, StringComparison.Ordinal);
        Assert.Equal(0, keyValue.Count);
        Assert.Null(StoreImage.Of(files).FindDifference(sample.Image));
    }

    [Fact]
    public void Directories_that_a_copy_left_out_because_they_were_empty_are_made_again()
    {
        SampleStore sample = SampleStore.Create(checkpoints: 0);
        SimulatedFileSystem files = new();
        files.CreateDirectory("wal");
        foreach (string path in sample.Image.Paths)
        {
            using IFile file = files.Open(path, FileIntent.CreateNew);
            file.Write(sample.Image[path], 0);
        }

        Assert.Equal(StoreError.StoreExists, Assert.ThrowsAny<StoreException>(() => PersistenceStore.Create(TestStore.HostFor(files), SampleStore.KeepLog)).Error);
        using (TestStore reader = TestStore.OpenReadOnly(files))
            Assert.Equal(sample.State, reader.Dump());
        Assert.DoesNotContain(files.List(""), entry => entry.Name == "quarantine");
        using TestStore store = TestStore.Open(files.CrashImage(CrashImageKind.KeepEverything), SampleStore.KeepLog);
        Assert.Equal(sample.State, store.Dump());
        store.Store.TakeCheckpoint();
        Assert.All(["checkpoints", "quarantine", "staging", "wal"], name => Assert.Contains(store.Files.List(""), entry => entry.Name == name));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ROOT_is_rebuilt_without_a_checkpoint_that_is_damaged(bool allDamaged)
    {
        SampleStore sample = SampleStore.Create(SampleStore.KeepLog);
        sample.Image.Remove("ROOT");
        foreach (string checkpoint in allDamaged ? sample.Checkpoints : [sample.Checkpoints[^1]])
            sample.Image.Flip(checkpoint, sample.Image[checkpoint].Length - 20);
        sample.AssertRefused(StoreError.RecoveryRequired);
        RecoveryReport report = sample.AssertOpens(RecoveryMode.TolerateTail);
        Assert.Equal(allDamaged ? null : 1, report.CheckpointId);
        Assert.Equal(allDamaged ? 2 : 1, report.Quarantined.Count(name => name.EndsWith(".full", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(7, "wal/0000000001.wal")]
    [InlineData(14, "wal/0000000002.wal")]
    public void A_log_that_continues_another_history_than_the_checkpoint_s_is_refused(int commits, string blamed)
    {
        // The checkpoint ends with its segment, which may be full or not; the header of the next one names another frame as the last before it.
        SimulatedFileSystem files = new();
        using (TestStore store = TestStore.Create(TestStore.DeterministicHostFor(files), SampleStore.DropLog with { CheckpointsRetained = 1 }))
        {
            for (int i = 0; i < commits; i++)
                store.Set($"k{i:D2}", new string('x', 1800));
            store.Store.RotateLog();
            store.Store.TakeCheckpoint();
            store.Set("after", "1");
            files = files.CrashImage(CrashImageKind.DropPending);
        }

        StoreImage image = StoreImage.Of(files);
        const string newest = "wal/0000000002.wal";
        SegmentHeader header = SegmentHeader.Decode(image[newest].AsSpan(0, SegmentHeader.Bytes), newest)!;
        Assert.Equal(header.PreviousEnd, Persistence.Root.RootFile.Read(files).Believed!.Checkpoints[0].RedoFrom);
        using (TestStore whole = TestStore.OpenReadOnly(files))
            Assert.Equal(commits + 1, whole.KeyValue.Count);
        image.Forge(newest, 104, BitConverter.GetBytes(header.PreviousLink.Chain ^ 1), 0, SegmentHeader.Bytes - 4);
        foreach (RecoveryMode mode in Enum.GetValues<RecoveryMode>())
        {
            SimulatedFileSystem forged = image.ToFiles();
            StoreException refused = Assert.ThrowsAny<StoreException>(() => TestStore.Open(forged, SampleStore.DropLog, mode));
            Assert.Equal(StoreError.SequenceGap, refused.Error);
            Assert.Equal(blamed, refused.File);
            Assert.Null(StoreImage.Of(forged).FindDifference(image));
        }
    }

    [Theory]
    [InlineData(StorageOperationKind.Open)]
    [InlineData(StorageOperationKind.Write)]
    public void A_recovery_log_that_cannot_be_written_stops_no_recovery(StorageOperationKind failing)
    {
        SampleStore sample = SampleStore.Create();
        SimulatedFileSystem disk = sample.Image.ToFiles();
        bool failed = false;
        FaultInjectingFileSystem files = new(disk, (in StorageOperation operation) =>
        {
            if (operation.Kind != failing || operation.Path != "recovery.log")
                return null;
            failed = true;
            return new InjectedFault(StorageFault.DiskFull);
        });
        using TestStore store = TestStore.Open(files, SampleStore.KeepLog);
        Assert.True(failed);
        Assert.Equal(sample.State, store.Dump());
        store.Set("after", "1");
    }

    [Theory]
    [InlineData(0x00)]
    [InlineData(0x5A)]
    public void What_lies_where_the_next_segment_of_a_clean_store_will_be_is_kept(byte filled)
    {
        SampleStore sample = SampleStore.Create(clean: true);
        string next = SegmentNames.Path(sample.HeaderOf(sample.NewestSegment).Sequence + 1);
        sample.Image[next] = new byte[32 << 10];
        sample.Image[next].AsSpan().Fill(filled);
        SimulatedFileSystem files = sample.Image.ToFiles();
        using (TestStore reader = TestStore.OpenReadOnly(files))
            Assert.Contains(reader.Store.RecoveryReport.Actions, action => action.Contains($"'{next}'", StringComparison.Ordinal));
        using TestStore store = TestStore.Open(files, SampleStore.KeepLog);
        Assert.True(store.Store.RecoveryReport.WasClean);
        string kept = Assert.Single(store.Store.RecoveryReport.Quarantined);
        store.Set("a", "1");
        store.Store.RotateLog();
        store.Set("b", "2");
        StoreImage image = StoreImage.Of(files);
        Assert.Equal(sample.Image[next], image[$"quarantine/{kept}"]);
        Assert.Contains(next, image.Paths);
    }

    [Fact]
    public void Without_a_lock_that_can_be_taken_the_state_stays_empty()
    {
        SampleStore sample = SampleStore.Create(clean: true);
        sample.Image.Remove("LOCK");
        FaultInjectingFileSystem files = new(sample.Image.ToFiles(), (in StorageOperation operation) =>
            operation.Kind == StorageOperationKind.Open && operation.Path == "LOCK" ? new InjectedFault(StorageFault.ReadOnly) : null);
        KeyValueState state = new();
        Assert.ThrowsAny<StoreException>(() => PersistenceStore.Open(TestStore.HostFor(files), SampleStore.KeepLog, [state]));
        Assert.Equal(0, state.Count);
    }

    [Fact]
    public void A_position_that_retention_removed_is_truncated_log_and_one_in_a_gap_is_read_from_the_next_record()
    {
        SimulatedFileSystem files = new();
        using TestStore store = TestStore.Create(files, SampleStore.DropLog with { CheckpointsRetained = 1 });
        Lsn first = store.Set("first", "1").First;
        for (int round = 0; round < 3; round++)
        {
            for (int i = 0; i < 12; i++)
                store.Set($"k{i}", new string('x', 3000));
            store.Store.TakeCheckpoint();
        }

        StoreException refused = Assert.ThrowsAny<StoreException>(() => store.Store.ReadLog(first).Count());
        Assert.Equal((StoreError.LogTruncated, first.Value), (refused.Error, refused.Position));
        LogEntry[] retained = [.. store.Store.ReadLog()];
        Assert.Equal(retained.Select(entry => entry.Lsn), store.Store.ReadLog(retained[0].Lsn).Select(entry => entry.Lsn));
        Assert.Equal(retained[1..].Select(entry => entry.Lsn), store.Store.ReadLog(retained[0].Lsn + 1).Select(entry => entry.Lsn));
        Assert.Empty(store.Store.ReadLog(retained[^1].Lsn + 1));
    }

    private static PersistenceStore Open(SimulatedFileSystem files, KeyValueState state, bool readOnly, Action<RecoveryProgress> progress) => readOnly
        ? PersistenceStore.OpenReadOnly(TestStore.HostFor(files), [state], progress: progress)
        : PersistenceStore.Open(TestStore.HostFor(files), SampleStore.KeepLog, [state], progress: progress);
}
