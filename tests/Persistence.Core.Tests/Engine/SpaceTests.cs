using Persistence.Configuration;
using Persistence.Diagnostics;
using Persistence.Recovery;
using Persistence.Storage;
using Persistence.Storage.Simulated;
using Xunit;

namespace Persistence.Tests.Engine;

/// <summary>A disk that fills up and is freed again, and what is kept within bounds.</summary>
public sealed class SpaceTests
{
    private const string FirstSegment = "wal/0000000001.wal";

    // In the fourth frame.
    private const int DamagedByte = 4096 + (3 * 512) + 100;

    private static readonly StoreOptions Options = SampleStore.DropLog;

    [Fact]
    public void A_full_disk_refuses_with_a_typed_error_and_the_same_store_goes_on_when_there_is_space_again()
    {
        SimulatedFileSystem files = new(capacityBytes: 200 << 10);
        using TestStore store = TestStore.Create(files, Options);
        int written = WriteUntilFull(store);
        string expected = store.Dump();
        Assert.InRange(written, 10, 60);
        Assert.Null(store.Store.GetStatus().Fault);
        Assert.DoesNotContain(files.List("staging"), _ => true);

        using (TestStore reader = TestStore.OpenReadOnly(files))
            Assert.Equal(expected, reader.Dump());
        files.CapacityBytes = 4 << 20;
        for (int i = 0; i < 30; i++)
            store.Set($"again{i % 5}", new string('z', 3000));
        store.Store.TakeCheckpoint();
        expected = store.Dump();
        using TestStore again = TestStore.Open(files.CrashImage(CrashImageKind.DropPending), Options);
        Assert.Equal(expected, again.Dump());
    }

    [Fact]
    public void On_a_full_disk_one_checkpoint_frees_the_space_the_next_commit_needs()
    {
        SimulatedFileSystem files = new(capacityBytes: 200 << 10);
        using TestStore store = TestStore.Create(files, Options with { CheckpointsRetained = 1 });
        WriteUntilFull(store);
        store.Store.TakeCheckpoint();
        store.Set("one more", new string('x', 3000));
        using TestStore again = TestStore.Open(files.CrashImage(CrashImageKind.DropPending), Options);
        Assert.Equal(store.Dump(), again.Dump());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_store_killed_on_a_full_disk_opens_again_in_the_same_boot_if_it_has_a_spare(bool torn)
    {
        SimulatedFileSystem files = new();
        TestStore store = TestStore.Create(files, Options with { CheckpointsRetained = 1, SpareSegments = 1 });
        store.Set("a", "0");
        store.Store.RotateLog();
        store.Set("a", "1");
        store.Store.TakeCheckpoint();
        store.Set("b", "2");
        Assert.Contains(files.List("wal"), entry => entry.Name.StartsWith("spare-", StringComparison.Ordinal));
        SimulatedFileSystem killed = files.CrashImage(CrashImageKind.KeepEverything);
        store.Dispose();
        if (torn)
            WriteGarbageAtTheEnd(killed);
        killed.CapacityBytes = Used(killed);

        if (torn)
        {
            // The original has to be kept for what is in it, and there is no space for both: nothing is changed, nothing is lost.
            Assert.Equal(StoreError.DiskFull, Assert.ThrowsAny<StoreException>(() => TestStore.Open(killed, Options)).Error);
            Assert.Empty(killed.List("quarantine"));
            killed.CapacityBytes = Used(killed) + (200 << 10);
        }

        using TestStore again = TestStore.Open(killed, Options);
        Assert.Equal("a=1;b=2;", again.Dump());
        again.Set("c", "3");
        killed.CapacityBytes = long.MaxValue;
        using TestStore last = TestStore.Open(killed.CrashImage(CrashImageKind.DropPending), Options);
        Assert.Equal("a=1;b=2;c=3;", last.Dump());
    }

    [Theory]
    [InlineData(StorageFault.Failed, StorageOperationKind.Open)]
    [InlineData(StorageFault.AccessDenied, StorageOperationKind.Open)]
    [InlineData(StorageFault.NotFound, StorageOperationKind.Open)]
    [InlineData(StorageFault.Failed, StorageOperationKind.Allocate)]
    public void A_spare_that_cannot_be_had_is_passed_over(StorageFault fault, StorageOperationKind kind)
    {
        SimulatedFileSystem disk = new();
        string? spare = null;
        FaultInjectingFileSystem files = new(disk, (in StorageOperation operation) => operation.Kind == kind && operation.Path == spare ? new InjectedFault(fault) : null);
        using TestStore store = TestStore.Create(files, Options with { CheckpointsRetained = 1, SpareSegments = 1 });
        store.Set("a", "0");
        store.Store.RotateLog();
        store.Set("a", "1");
        store.Store.TakeCheckpoint();
        spare = "wal/" + Assert.Single(disk.List("wal"), entry => entry.Name.StartsWith("spare-", StringComparison.Ordinal)).Name;
        for (int i = 0; i < 3; i++)
        {
            store.Store.RotateLog();
            store.Set("b", $"{i}");
        }

        Assert.Null(store.Store.GetStatus().Fault);
        Assert.Equal(3, store.Store.GetStatus().Log.Rolls - 1);
    }

    [Fact]
    public void A_checkpoint_that_does_not_fit_leaves_nothing_behind_and_the_store_usable()
    {
        SimulatedFileSystem files = new();
        using TestStore store = TestStore.Create(files, Options with { Compress = false });
        for (int i = 0; i < 30; i++)
            store.Set($"k{i}", new string('x', 3000));
        long used = Used(files);
        files.CapacityBytes = used + (20 << 10);
        Assert.Equal(StoreError.DiskFull, Assert.ThrowsAny<StoreException>(() => store.Store.TakeCheckpoint()).Error);
        Assert.Empty(files.List("staging"));
        Assert.Empty(files.List("checkpoints"));
        Assert.Equal(used, Used(files));
        store.KeyValue.Delete("k0");
        files.CapacityBytes = long.MaxValue;
        store.Store.TakeCheckpoint();
        Assert.Single(store.Store.GetCheckpoints());
        using TestStore again = TestStore.Open(files.CrashImage(CrashImageKind.DropPending), Options);
        Assert.Equal(29, again.KeyValue.Count);
    }

    [Fact]
    public void A_recycled_segment_with_holes_never_runs_out_of_space_in_the_middle_of_a_commit()
    {
        // Recovery's copy of the tail is as long as the segment and holds only what was used; later it becomes a spare.
        SimulatedFileSystem files = new();
        TestStore first = TestStore.Create(files, Options);
        first.Set("a", "1");
        SimulatedFileSystem image = files.CrashImage(CrashImageKind.KeepEverything);
        first.Dispose();
        using TestStore store = TestStore.Open(image, Options with { CheckpointsRetained = 1 });
        store.Store.TakeCheckpoint();
        store.Set("b", "2");
        store.Store.TakeCheckpoint();
        Assert.Contains(image.List("wal"), entry => entry.Name.StartsWith("spare-", StringComparison.Ordinal));
        image.CapacityBytes = Used(image) + (8 << 10);
        store.Store.RotateLog();
        WriteUntilFull(store);
        Assert.Null(store.Store.GetStatus().Fault);
    }

    [Fact]
    public void Quarantine_is_bounded_and_keeps_the_newest()
    {
        SimulatedFileSystem files = new();
        StoreOptions options = Options with { QuarantineFilesMax = 3 };
        TestStore.Create(files, options).Dispose();
        for (int crash = 0; crash < 10; crash++)
        {
            TestStore store = TestStore.Open(files, options);
            store.Set("k", $"{crash}");
            files = files.CrashImage(CrashImageKind.KeepEverything);
            store.Dispose();
        }

        using TestStore last = TestStore.Open(files, options);
        Assert.InRange(files.List("quarantine").Count, 1, 3);
        Assert.Contains(files.List("quarantine"), entry => entry.Name == last.Store.RecoveryReport.Quarantined[^1]);
    }

    [Fact]
    public void Recoveries_that_are_cut_short_again_and_again_do_not_fill_the_quarantine()
    {
        SimulatedFileSystem files = new();
        StoreOptions options = Options with { QuarantineFilesMax = 3 };
        TestStore first = TestStore.Create(files, options);
        first.Set("k", "1");
        files = files.CrashImage(CrashImageKind.KeepEverything);
        first.Dispose();
        for (int crash = 0; crash < 10; crash++)
        {
            SimulatedFileSystem disk = files;
            bool cut = false;
            FaultInjectingFileSystem cutting = new(disk, (in StorageOperation operation) =>
            {
                cut |= operation.Kind == StorageOperationKind.Rename && operation.Path.StartsWith("staging/", StringComparison.Ordinal);
                return cut ? new InjectedFault(StorageFault.Failed) : null;
            });
            Assert.ThrowsAny<StoreException>(() => TestStore.Open(cutting, options));
            files = disk.CrashImage(CrashImageKind.KeepEverything);
        }

        Assert.InRange(files.List("quarantine").Count, 1, 4);
        using TestStore last = TestStore.Open(files, options);
        Assert.Equal("k=1;", last.Dump());
    }

    [Fact]
    public void Recoveries_that_fail_on_a_full_disk_again_and_again_leave_the_evidence_in_quarantine()
    {
        StoreOptions options = TestStore.SmallOptions with { SegmentBytes = 1 << 20, QuarantineBytesMax = 4 << 20 };
        StoreImage image = StoreImage.Of(KilledWith(options, commits: 8));
        image.Flip(FirstSegment, DamagedByte);
        SimulatedFileSystem files = image.ToFiles();
        files.CapacityBytes = Used(files) + (400 << 10);
        for (int attempt = 0; attempt < 8; attempt++)
        {
            Assert.Equal(StoreError.DiskFull, Assert.ThrowsAny<StoreException>(() => TestStore.Open(files, options, RecoveryMode.TolerateTail)).Error);
            Assert.InRange(files.List("quarantine").Count, 0, 1);
            Assert.NotEmpty(FindFilesWith(files, image[FirstSegment]));
        }

        files.CapacityBytes = long.MaxValue;
        using TestStore store = TestStore.Open(files, options, RecoveryMode.TolerateTail);
        Assert.Equal("k0=v;k1=v;k2=v;", store.Dump());
        string kept = Assert.Single(store.Store.RecoveryReport.Quarantined);
        Assert.Equal([$"quarantine/{kept}"], FindFilesWith(files, image[FirstSegment]));
    }

    [Fact]
    public void Crash_after_crash_does_not_push_out_of_quarantine_what_exists_nowhere_else()
    {
        StoreOptions options = Options with { QuarantineFilesMax = 3 };
        StoreImage image = StoreImage.Of(KilledWith(options, commits: 8));
        image.Flip(FirstSegment, DamagedByte);
        SimulatedFileSystem files = image.ToFiles();
        TestStore.Open(files, options, RecoveryMode.TolerateTail).Dispose();
        for (int crash = 0; crash < 10; crash++)
        {
            TestStore store = TestStore.Open(files, options);
            store.Set("crash", $"{crash}");
            files = files.CrashImage(CrashImageKind.KeepEverything);
            store.Dispose();
        }

        using TestStore last = TestStore.Open(files, options);
        Assert.InRange(files.List("quarantine").Count, 2, 4);
        Assert.StartsWith("quarantine/", Assert.Single(FindFilesWith(files, image[FirstSegment])), StringComparison.Ordinal);
    }

    [Fact]
    public void Each_recovery_writes_a_block_for_people_and_the_file_is_rotated()
    {
        SimulatedFileSystem files = new();
        TestStore store = TestStore.Create(files, Options);
        store.Set("secret-key", "secret-value");
        files = files.CrashImage(CrashImageKind.KeepEverything);
        store.Dispose();
        TestStore.Open(files, Options).Dispose();
        string text = System.Text.Encoding.UTF8.GetString(StoreImage.Of(files)["recovery.log"]);
        Assert.Contains("mode Strict", text, StringComparison.Ordinal);
        Assert.Contains("UncleanShutdown", text, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", text, StringComparison.Ordinal);

        using (IFile log = files.Open("recovery.log", FileIntent.ReadWrite))
            log.SetLength(1 << 20);
        store = TestStore.Open(files, Options);
        SimulatedFileSystem image = files.CrashImage(CrashImageKind.KeepEverything);
        store.Dispose();
        TestStore.Open(image, Options).Dispose();
        StoreImage after = StoreImage.Of(image);
        Assert.Equal(1 << 20, after["recovery.log.1"].Length);
        Assert.InRange(after["recovery.log"].Length, 1, 10_000);
    }

    [Fact]
    public void A_clean_store_keeps_no_more_files_however_often_it_is_opened()
    {
        SimulatedFileSystem files = new();
        using (TestStore store = TestStore.Create(files, Options))
            store.Set("k", "1");
        StoreImage before = StoreImage.Of(files);
        for (int i = 0; i < 10; i++)
            TestStore.Open(files, Options).Dispose();
        Assert.Equal(before.Paths, StoreImage.Of(files).Paths);
    }

    /// <summary>One segment with a frame in each of its first sectors, as a killed process left it.</summary>
    private static SimulatedFileSystem KilledWith(StoreOptions options, int commits)
    {
        SimulatedFileSystem files = new();
        using TestStore store = TestStore.Create(files, options);
        for (int i = 0; i < commits; i++)
            store.Set($"k{i}", "v");
        return files.CrashImage(CrashImageKind.KeepEverything);
    }

    private static IEnumerable<string> FindFilesWith(SimulatedFileSystem files, byte[] content)
    {
        StoreImage image = StoreImage.Of(files);
        return image.Paths.Where(path => image[path].AsSpan().SequenceEqual(content));
    }

    private static int WriteUntilFull(TestStore store)
    {
        for (int i = 0; ; i++)
        {
            try
            {
                store.Set($"k{i}", new string('x', 3000));
            }
            catch (StoreException e)
            {
                Assert.Equal(StoreError.DiskFull, e.Error);
                Assert.Equal(StoreError.DiskFull, Assert.ThrowsAny<StoreException>(() => store.Set("one more", new string('x', 3000))).Error);
                return i;
            }
        }
    }

    private static void WriteGarbageAtTheEnd(SimulatedFileSystem files)
    {
        string newest = "wal/" + files.List("wal").Select(entry => entry.Name).Where(name => name.EndsWith(".wal", StringComparison.Ordinal)).Max(StringComparer.Ordinal);
        using IFile file = files.Open(newest, FileIntent.ReadWrite);
        byte[] content = new byte[file.GetLength()];
        file.Read(content, 0);
        int end = content.Length;
        while (content[end - 1] == 0)
            end--;
        // The beginning of one more frame: this segment's salt where a frame has it.
        byte[] torn = new byte[64];
        content.AsSpan(64, 8).CopyTo(torn.AsSpan(16));
        file.Write(torn, (end + 511) / 512 * 512);
        file.Sync();
    }

    private static long Used(SimulatedFileSystem files)
    {
        long capacity = files.CapacityBytes;
        files.CapacityBytes = 1L << 40;
        long used = (1L << 40) - files.GetFreeBytes();
        files.CapacityBytes = capacity;
        return used;
    }
}
