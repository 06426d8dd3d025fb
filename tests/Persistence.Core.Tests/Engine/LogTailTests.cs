using Persistence.Configuration;
using Persistence.Diagnostics;
using Persistence.Engine;
using Persistence.KeyValue;
using Persistence.Recovery;
using Persistence.Root;
using Persistence.State;
using Persistence.Storage;
using Persistence.Storage.Simulated;
using Persistence.Wal;
using Xunit;

namespace Persistence.Tests.Engine;

/// <summary>A log that is followed while somebody else writes to it: everything that is known to be flushed, once, in order, and nothing else.</summary>
public sealed class LogTailTests
{
    private const string FirstSegment = "wal/0000000001.wal";
    private static readonly StoreOptions NothingKept = SampleStore.DropLog with { CheckpointsRetained = 1 };

    /// <summary>Nothing is flushed unless it is asked for, and each commit of 3,000 bytes writes the one before it.</summary>
    private static readonly StoreOptions NoFlushes = SampleStore.KeepLog with { Durability = DurabilityMode.None, FrameBytesMax = 4096, SegmentBytes = 256 << 10 };

    [Fact]
    public void An_entry_comes_once_a_later_frame_tells_that_it_was_flushed()
    {
        SimulatedFileSystem disk = new();
        using TestStore store = TestStore.Create(disk);
        using LogTail tail = Follow(disk);
        Assert.Null(tail.TryRead());
        CommitResult first = store.Set("a", "1");
        Assert.Null(tail.TryRead());
        CommitResult second = store.Set("b", "2");
        LogEntry entry = tail.TryRead()!;
        Assert.Equal(first.First, entry.Lsn);
        Assert.True(entry.IsDurable);
        Assert.Null(tail.TryRead());
        Assert.Equal(second.First, tail.Position);
        store.Set("c", "3");
        Assert.Equal(second.First, tail.TryRead()!.Lsn);
    }

    [Fact]
    public void What_was_not_flushed_does_not_come_and_what_was_comes_in_order()
    {
        SimulatedFileSystem disk = new();
        using TestStore store = TestStore.Create(disk, NoFlushes);
        using LogTail tail = Follow(disk);
        List<Lsn> written = Set(store, 4, length: 3000);
        Assert.Null(tail.TryRead());
        store.Store.Flush();
        // Flushed it is; but nothing on the disk says so yet.
        Assert.Null(tail.TryRead());
        List<Lsn> later = Set(store, 4, length: 3000);
        Assert.Equal(written, Read(tail));
        store.Store.Close();
        Assert.Equal(later, Read(tail));
    }

    [Fact]
    public void Asked_for_it_comes_unflushed_and_says_so()
    {
        SimulatedFileSystem disk = new();
        using TestStore store = TestStore.Create(disk, NoFlushes);
        using LogTail tail = Follow(disk, options: new LogTailOptions { IncludeUnsynced = true });
        List<Lsn> written = Set(store, 4, length: 3000);
        List<LogEntry> read = ReadEntries(tail);
        Assert.Equal(written[..^1], read.Select(entry => entry.Lsn));
        Assert.DoesNotContain(read, entry => entry.IsDurable);
        store.Store.Close();
        LogEntry last = Assert.Single(ReadEntries(tail));
        Assert.Equal(written[^1], last.Lsn);
    }

    [Fact]
    public void The_marker_brings_the_last_entry_to_a_reader_that_waits()
    {
        SimulatedFileSystem disk = new();
        using TestStore store = TestStore.Create(disk, TestStore.SmallOptions with { MarkerDelayMs = 5 });
        using LogTail tail = Follow(disk, options: new LogTailOptions { PollIntervalMs = 1 });
        CommitResult written = store.Set("a", "1");
        LogEntry? read = null;
        new BackgroundCall("reader", () => read = tail.Read()).Succeeded();
        Assert.Equal(written.First, read?.Lsn);
    }

    [Fact]
    public void ROOT_tells_how_far_the_log_was_flushed_when_a_checkpoint_was_taken()
    {
        using OperationBlocker disk = new();
        TestStore store = disk.Own(TestStore.Create(disk.Files, NoFlushes));
        using LogTail tail = Follow(disk.Disk);
        Lsn written = store.Set("a", "1").First;
        OperationStop publishing = disk.StopNext(operation => operation.Kind == StorageOperationKind.Write && operation.Path == "ROOT");
        OperationStop note = disk.StopNext(operation => operation.Kind == StorageOperationKind.Write && operation.Path == FirstSegment && publishing.IsReached);
        BackgroundCall checkpoint = new("checkpoint", () => store.Store.TakeCheckpoint());
        publishing.WaitUntilReached();
        Assert.Null(tail.TryRead());
        publishing.Release();
        note.WaitUntilReached();
        Assert.Equal(written, tail.TryRead()!.Lsn);
        note.Release();
        checkpoint.Succeeded();
    }

    [Fact]
    public void It_follows_from_segment_to_segment()
    {
        SimulatedFileSystem disk = new();
        using TestStore store = TestStore.Create(disk, SampleStore.KeepLog);
        using LogTail tail = Follow(disk);
        List<Lsn> read = [];
        List<Lsn> written = [];
        for (int i = 0; i < 60; i++)
        {
            written.Add(store.Set($"k{i}", new string('x', 3000)).First);
            read.AddRange(Read(tail));
            Assert.Equal(written.Count - 1, read.Count);
        }

        Assert.True(store.Store.GetStatus().ActiveSegment > 5);
        store.Store.Close();
        read.AddRange(Read(tail));
        Assert.Equal(written, read);
        using LogTail late = Follow(disk);
        Assert.Equal(written, Read(late));
    }

    [Fact]
    public void A_segment_that_ROOT_does_not_name_yet_is_not_followed()
    {
        using OperationBlocker disk = new();
        TestStore store = disk.Own(TestStore.Create(disk.Files, SampleStore.KeepLog));
        using LogTail tail = Follow(disk.Disk);
        Lsn first = store.Set("a", "1").First;
        store.Store.RotateLog();
        OperationStop naming = disk.StopNext(operation => operation.Kind == StorageOperationKind.Write && operation.Path == "ROOT");
        BackgroundCall roll = new("writer", () => store.Set("b", "2"));
        naming.WaitUntilReached();
        Assert.Equal(2, CountFiles(disk.Disk, ".wal"));
        Assert.Null(tail.TryRead());
        naming.Release();
        roll.Succeeded();
        Assert.Equal(first, tail.TryRead()!.Lsn);
        Assert.Null(tail.TryRead());
    }

    [Theory]
    [InlineData("ROOT")]
    [InlineData("wal")]
    public void A_log_that_rolls_on_while_it_is_looked_at_is_read_to_the_end_of_each_segment(string looksAt)
    {
        SimulatedFileSystem disk = new();
        Action? inBetween = null;
        FaultInjectingFileSystem files = new(disk, (in StorageOperation operation) =>
        {
            if (operation.Kind is StorageOperationKind.Open or StorageOperationKind.List && operation.Path == looksAt)
                Interlocked.Exchange(ref inBetween, null)?.Invoke();
            return null;
        });
        using TestStore store = TestStore.Create(disk, SampleStore.KeepLog);
        List<Lsn> written = Set(store, 2);
        using LogTail tail = Follow(files);
        for (int round = 0; round < 3; round++)
        {
            inBetween = Roll;
            Assert.InRange(Read(tail).Count, 1, 100);
            Roll();
        }

        using LogTail late = Follow(files);
        Roll();
        inBetween = Roll;
        List<Lsn> read = Read(late);
        store.Store.Close();
        read.AddRange(Read(late));
        Assert.Null(inBetween);
        Assert.Equal(written, read);

        void Roll()
        {
            for (int segment = 0; segment < 2; segment++)
            {
                written.AddRange(Set(store, 3));
                store.Store.RotateLog();
            }

            written.AddRange(Set(store, 2));
        }
    }

    [Fact]
    public void A_frame_that_is_being_written_is_not_there_yet_and_no_damage()
    {
        SimulatedFileSystem disk = new();
        using TestStore store = TestStore.Create(disk);
        store.Set("a", "1");
        Lsn next = store.Set("b", "2").End;
        using LogTail tail = Follow(disk);
        Assert.Single(Read(tail));
        using (IFile file = disk.Open(FirstSegment, FileIntent.ReadWrite))
        {
            // The beginning of a header is there; the rest is what the file held before.
            file.Write([0x50, 0x46, 0x52, 0x4D, 1, 0, 0, 0], next.Value);
            file.Write([1, 2, 3, 4, 5, 6, 7, 8], next.Value + FrameHeader.Bytes);
        }

        Assert.Null(tail.TryRead());
        List<Lsn> written = Set(store, 2);
        Assert.Equal(2, Read(tail).Count);
        Assert.Equal(written[1], tail.Position);
    }

    [Fact]
    public void Nobody_need_have_the_store_open_and_the_next_writer_is_followed_too()
    {
        SimulatedFileSystem disk = new();
        List<Lsn> written;
        using (TestStore store = TestStore.Create(disk))
            written = Set(store, 3);
        using LogTail tail = Follow(disk);
        Assert.Equal(written, Read(tail));
        for (int epoch = 0; epoch < 3; epoch++)
        {
            using (TestStore store = TestStore.Open(disk))
                written = Set(store, 3);
            Assert.Equal(written, Read(tail));
        }
    }

    [Fact]
    public void What_recovery_keeps_of_a_killed_writer_comes_and_what_it_abandons_does_not()
    {
        SimulatedFileSystem disk = new();
        KillableFiles killable = new(disk);
        TestStore store = TestStore.Create(killable.Files, NoFlushes);
        using LogTail tail = Follow(disk);
        List<Lsn> written = Set(store, 4, length: 3000);
        Assert.Null(tail.TryRead());
        killable.Kill(store);
        Flip(disk, FirstSegment, written[2].Value + 100);
        using TestStore next = TestStore.Open(disk, NoFlushes);
        Assert.Contains(next.Store.RecoveryReport.Findings, finding => finding.Kind == FindingKind.TornTail);
        Assert.Equal(written[..2], Read(tail));
        Lsn after = next.Set("after", "1").First;
        next.Store.Close();
        Assert.Equal([after], Read(tail));
    }

    [Fact]
    public void Entries_asked_for_unflushed_may_be_gone_and_the_log_goes_on_without_them()
    {
        SimulatedFileSystem disk = new();
        KillableFiles killable = new(disk);
        TestStore store = TestStore.Create(killable.Files, NoFlushes);
        using LogTail tail = Follow(disk, options: new LogTailOptions { IncludeUnsynced = true });
        List<Lsn> written = Set(store, 4, length: 3000);
        Assert.Equal(written[..3], Read(tail));
        killable.Kill(store);
        Flip(disk, FirstSegment, written[0].Value + 100);
        using TestStore next = TestStore.Open(disk, NoFlushes);
        Assert.Equal("", next.Dump());
        Lsn after = next.Set("after", "1").First;
        next.Store.Close();
        Assert.Equal([after], Read(tail));
    }

    [Fact]
    public void The_segment_it_reads_is_not_recycled_under_it()
    {
        SimulatedFileSystem disk = new();
        using TestStore store = TestStore.Create(disk, NothingKept);
        List<Lsn> written = Set(store, 5);
        using LogTail tail = Follow(disk);
        Assert.Equal(written[0], tail.TryRead()!.Lsn);
        RetireAll(store);
        Assert.Equal(0, CountFiles(disk, SegmentNames.File(1)));
        RetireAll(store);
        Assert.Equal(written[1..], Enumerable.Range(1, 4).Select(_ => tail.TryRead()!.Lsn));
    }

    [Fact]
    public void What_retention_took_is_reported_with_its_range_and_the_rest_comes()
    {
        SimulatedFileSystem disk = new();
        using TestStore store = TestStore.Create(disk, NothingKept);
        List<Lsn> held = Set(store, 3);
        using LogTail tail = Follow(disk);
        Lsn end = store.Store.DurableLsn;
        RetireAll(store);
        RetireAll(store);
        List<LogEntry> left = [.. store.Store.ReadLog()];
        Assert.Equal(held, held.Select(_ => tail.TryRead()!.Lsn));
        LogTruncatedException lost = Assert.Throws<LogTruncatedException>(tail.TryRead);
        Assert.Equal((StoreError.LogTruncated, end, left[0].Lsn), (lost.Error, lost.From, lost.To + FrameHeader.Bytes));
        Assert.Contains($"from LSN {lost.From} to {lost.To}", lost.Message, StringComparison.Ordinal);
        store.Store.Close();
        Assert.Equal(left.Select(entry => entry.Lsn), Read(tail));
    }

    [Fact]
    public void A_range_lost_while_another_was_reported_is_the_next()
    {
        SimulatedFileSystem disk = new();
        using TestStore store = TestStore.Create(disk, NothingKept);
        Set(store, 3);
        using LogTail tail = Follow(disk);
        Assert.Equal(2, Read(tail).Count);
        Lsn position = tail.Position;
        for (int round = 0; round < 3; round++)
        {
            RetireAll(store);
            RetireAll(store);
            LogTruncatedException lost = Assert.Throws<LogTruncatedException>(() => Read(tail));
            Assert.True(lost.From >= position && lost.To > lost.From);
            position = lost.To;
        }
    }

    [Fact]
    public void A_segment_recycled_before_it_could_be_held_is_truncated_log_and_no_damage()
    {
        SimulatedFileSystem disk = new();
        using TestStore store = TestStore.Create(disk, NothingKept);
        Fill(store);
        Action? beforeLock = null;
        FaultInjectingFileSystem files = new(disk, (in StorageOperation operation) =>
        {
            if (operation.Kind == StorageOperationKind.TryLock)
                Interlocked.Exchange(ref beforeLock, null)?.Invoke();
            return null;
        });
        beforeLock = Recycle;
        using (LogTail tail = Follow(files))
        {
            Assert.Null(beforeLock);
            // From the oldest there is: nobody had asked for what was in it.
            Assert.Equal(store.Store.ReadLog().First().Lsn, tail.TryRead()!.Lsn);
        }

        using (LogTail tail = Follow(files))
        {
            List<Lsn> read = [tail.TryRead()!.Lsn];
            beforeLock = Recycle;
            LogTruncatedException lost = Assert.Throws<LogTruncatedException>(() => Read(tail, read));
            Assert.Null(beforeLock);
            Assert.Equal(read.Order(), read);
            Assert.True(lost.From > read[^1]);
            Assert.Equal(store.Store.ReadLog().First().Lsn, tail.TryRead()!.Lsn);
        }

        void Recycle()
        {
            store.Store.TakeCheckpoint();
            store.Store.TakeCheckpoint();
            Fill(store);
        }
    }

    [Fact]
    public void Where_locks_do_not_hold_a_recycled_segment_is_truncated_log_too()
    {
        SimulatedFileSystem disk = new();
        using TestStore store = TestStore.Create(disk, NothingKept);
        List<Lsn> written = Set(store, 4);
        using LogTail tail = Follow(new LocklessFiles(disk));
        Assert.Equal(written[..3], Read(tail));
        RetireAll(store);
        RetireAll(store);
        LogTruncatedException lost = Assert.Throws<LogTruncatedException>(() => Read(tail));
        Assert.Equal(written[3], lost.From + FrameHeader.Bytes);
        Assert.Equal(store.Store.ReadLog().First().Lsn, tail.TryRead()!.Lsn);
    }

    [Fact]
    public void Segments_without_a_frame_that_retention_took_are_no_loss()
    {
        SimulatedFileSystem disk = new();
        Lsn first = KillAfterOpening(disk, isNew: true);
        using LogTail tail = Follow(disk);
        KillAfterOpening(disk);
        KillAfterOpening(disk);
        using TestStore store = TestStore.Open(disk, NothingKept);
        Assert.Equal(4, store.Store.GetStatus().ActiveSegment);
        store.Store.TakeCheckpoint();
        Assert.Equal(1, CountFiles(disk, ".wal"));
        store.Store.Close();
        List<LogEntry> read = ReadEntries(tail);
        Assert.Equal([first, read[1].Lsn], read.Select(entry => entry.Lsn));
        Assert.Equal(RecordType.CheckpointMarker, read[1].Type);
    }

    [Fact]
    public void Damage_in_a_sealed_segment_stops_it_and_a_tail_from_behind_passes_it_by()
    {
        SampleStore sample = SampleStore.Create();
        int frame = sample.FramesOf(sample.Segments[0])[2];
        sample.Image.Flip(sample.Segments[0], frame + 100);
        SimulatedFileSystem disk = sample.Image.ToFiles();
        using LogTail tail = Follow(disk);
        Assert.NotNull(tail.TryRead());
        Assert.NotNull(tail.TryRead());
        for (int look = 0; look < 2; look++)
        {
            StoreException damage = Assert.ThrowsAny<StoreException>(tail.TryRead);
            Assert.Equal((StoreError.ChecksumMismatch, sample.Segments[0], (long?)frame), (damage.Error, damage.File, damage.Offset));
        }

        Lsn behind = new(sample.FramesOf(sample.Segments[0])[3]);
        using LogTail further = Follow(disk, behind);
        using TestStore reader = TestStore.OpenReadOnly(disk);
        Assert.Equal(reader.Store.ReadLog(behind).Where(entry => entry.IsDurable).Select(entry => entry.Lsn), Read(further));
    }

    [Fact]
    public void Damage_in_the_newest_segment_below_what_ROOT_calls_durable_stops_it_too()
    {
        SampleStore sample = SampleStore.Create(clean: true);
        int last = sample.FramesOf(sample.NewestSegment)[^1];
        sample.Image.Flip(sample.NewestSegment, last + 100);
        using LogTail tail = Follow(sample.Image.ToFiles(), sample.HeaderOf(sample.NewestSegment).FirstFrameLsn);
        StoreException damage = Assert.ThrowsAny<StoreException>(() => Read(tail));
        Assert.Equal((StoreError.ChecksumMismatch, sample.NewestSegment, (long?)last), (damage.Error, damage.File, damage.Offset));
    }

    [Fact]
    public void A_position_inside_the_log_in_a_gap_or_beyond_its_end_begins_with_the_next_entry()
    {
        SimulatedFileSystem disk = new();
        using TestStore store = TestStore.Create(disk, SampleStore.KeepLog);
        List<Lsn> written = Set(store, 3);
        Lsn end = store.Store.DurableLsn;
        store.Store.RotateLog();
        written.AddRange(Set(store, 3));
        Lsn future = store.Store.DurableLsn + 2048;
        using LogTail inside = Follow(disk, written[1]);
        using LogTail between = Follow(disk, written[1] + 1);
        using LogTail atTheEnd = Follow(disk, end);
        using LogTail inTheGap = Follow(disk, end + 5000);
        using LogTail beyond = Follow(disk, future);
        Assert.Equal(future, beyond.Position);
        written.AddRange(Set(store, 10));
        store.Store.Close();
        Assert.Equal(written[1..], Read(inside));
        Assert.Equal(written[2..], Read(between));
        Assert.Equal(written[3..], Read(atTheEnd));
        Assert.Equal(written[3..], Read(inTheGap));
        Assert.Equal(written.Where(lsn => lsn >= future), Read(beyond));
    }

    [Fact]
    public void A_position_that_is_gone_is_reported_first_and_then_comes_the_oldest_there_is()
    {
        SimulatedFileSystem disk = new();
        using TestStore store = TestStore.Create(disk, NothingKept);
        Lsn gone = Set(store, 3)[1];
        RetireAll(store);
        using LogTail tail = Follow(disk, gone);
        LogTruncatedException lost = Assert.Throws<LogTruncatedException>(tail.TryRead);
        Assert.Equal(gone, lost.From);
        Assert.Equal(store.Store.ReadLog().First().Lsn, tail.TryRead()!.Lsn);
    }

    [Theory]
    [InlineData(DurabilityMode.Sync)]
    [InlineData(DurabilityMode.None)]
    public void Without_a_position_only_what_comes_later_comes(DurabilityMode durability)
    {
        SimulatedFileSystem disk = new();
        using TestStore store = TestStore.Create(disk, NoFlushes with { Durability = durability });
        Set(store, 4, length: 3000);
        store.Store.RotateLog();
        List<Lsn> before = Set(store, 3, length: 3000);
        using LogTail tail = PersistenceStore.Tail(TestStore.HostFor(disk));
        List<Lsn> later = Set(store, 4, length: 3000);
        store.Store.Close();
        List<Lsn> read = Read(tail);
        // What was gathered and not yet written at that moment is written later.
        Assert.Equal(durability == DurabilityMode.Sync ? later : [before[^1], .. later], read);
    }

    [Fact]
    public void A_batch_comes_whole_with_what_was_written()
    {
        SimulatedFileSystem disk = new();
        using TestStore store = TestStore.Create(disk);
        using LogTail tail = Follow(disk);
        KeyValueBatch batch = new();
        batch.Set("a", TestStore.Encode("1"));
        batch.Delete("b");
        CommitResult committed = store.KeyValue.Commit(batch);
        store.Store.AppendRecord("type", TestStore.Encode("2"));
        Assert.Null(FindDifference(ReadEntries(tail), [.. store.Store.ReadLog().Take(2)]));
        store.Store.Close();
        LogEntry record = Assert.Single(ReadEntries(tail));
        Assert.Equal(RecordType.ApplicationRecord, record.Type);
        Assert.True(record.Lsn >= committed.End);
    }

    [Fact]
    public void Waiting_ends_at_once_when_it_is_cancelled()
    {
        SimulatedFileSystem disk = new();
        WatchedScheduler scheduler = new() { KeepsLimits = true };
        using TestStore store = TestStore.Create(disk);
        using LogTail tail = PersistenceStore.Tail(TestStore.HostFor(disk) with { Scheduler = scheduler }, options: new LogTailOptions { PollIntervalMs = 60_000 });
        using CancellationTokenSource stop = new();
        BackgroundCall reader = new("reader", () => tail.Read(stop.Token));
        Assert.True(SpinWait.SpinUntil(() => scheduler.PausesOf("reader") > 0, BackgroundCall.Patience));
        stop.Cancel();
        Assert.IsType<OperationCanceledException>(reader.WaitForEnd());
        Assert.Throws<OperationCanceledException>(() => tail.Read(stop.Token));
        // It can be asked again.
        List<Lsn> written = Set(store, 2);
        Assert.Equal(written[0], tail.Read(TestContext.Current.CancellationToken).Lsn);
    }

    [Fact]
    public void It_writes_nothing_and_lets_go_of_what_it_held()
    {
        SampleStore sample = SampleStore.Create();
        SimulatedFileSystem disk = sample.Image.ToFiles();
        LogTail tail = Follow(disk);
        Assert.NotEmpty(Read(tail));
        Assert.Equal([sample.NewestSegment], disk.OpenFiles);
        tail.Dispose();
        tail.Dispose();
        Assert.Empty(disk.OpenFiles);
        Assert.Null(StoreImage.Of(disk).FindDifference(sample.Image));
        Assert.Throws<ObjectDisposedException>(tail.TryRead);
    }

    [Fact]
    public void A_directory_without_a_store_is_refused_and_one_that_loses_its_store_is_noticed()
    {
        SimulatedFileSystem disk = new();
        Assert.Equal(StoreError.StoreNotFound, Assert.ThrowsAny<StoreException>(() => Follow(disk)).Error);
        using (TestStore store = TestStore.Create(disk))
            store.Set("a", "1");
        using LogTail tail = Follow(disk);
        Assert.Single(Read(tail));
        disk.Rename("ROOT", "staging/ROOT");
        Assert.Equal(StoreError.StoreNotFound, Assert.ThrowsAny<StoreException>(tail.TryRead).Error);
        disk.Rename("staging/ROOT", "ROOT");
        Assert.Null(tail.TryRead());
    }

    [Fact]
    public void Another_store_in_the_same_place_is_not_taken_for_it()
    {
        SimulatedFileSystem disk = new();
        using (TestStore store = TestStore.Create(disk))
            store.Set("a", "1");
        using LogTail tail = Follow(disk);
        Assert.Single(Read(tail));
        SimulatedFileSystem other = new();
        using (TestStore store = TestStore.Create(other))
            store.Set("b", "1");
        Replace(disk, "ROOT", StoreImage.Of(other)["ROOT"]);
        Assert.Equal(StoreError.StoreMismatch, Assert.ThrowsAny<StoreException>(tail.TryRead).Error);
    }

    [Fact]
    public void A_ROOT_of_which_nothing_is_left_is_not_waited_for()
    {
        SimulatedFileSystem disk = new();
        using (TestStore store = TestStore.Create(disk))
            store.Set("a", "1");
        using LogTail tail = Follow(disk);
        Replace(disk, "ROOT", new byte[StoreImage.Of(disk)["ROOT"].Length]);
        Assert.Equal(StoreError.RecoveryRequired, Assert.ThrowsAny<StoreException>(() => Read(tail)).Error);
    }

    [Theory]
    [InlineData("ROOT")]
    [InlineData("wal/0000000002.wal")]
    public void A_file_that_cannot_be_read_just_now_is_an_error_and_later_it_goes_on(string path)
    {
        SimulatedFileSystem disk = new();
        bool failing = false;
        FaultInjectingFileSystem files = new(disk, (in StorageOperation operation) =>
            failing && operation.Kind == StorageOperationKind.Open && operation.Path == path ? new InjectedFault(StorageFault.TooManyOpenFiles) : null);
        using TestStore store = TestStore.Create(disk, SampleStore.KeepLog);
        List<Lsn> written = Set(store, 2);
        using LogTail tail = Follow(files);
        store.Store.RotateLog();
        written.AddRange(Set(store, 2));
        failing = true;
        List<Lsn> read = [];
        Assert.Equal(StoreError.TooManyOpenFiles, Assert.ThrowsAny<StoreException>(() => Read(tail, read)).Error);
        failing = false;
        store.Store.Close();
        Read(tail, read);
        Assert.Equal(written, read);
    }

    [Fact]
    public void A_lost_slot_of_ROOT_makes_it_wait_and_repeats_nothing()
    {
        SimulatedFileSystem disk = new();
        using TestStore store = TestStore.Create(disk, SampleStore.KeepLog);
        List<Lsn> written = Set(store, 3);
        using LogTail tail = Follow(disk);
        store.Store.RotateLog();
        written.AddRange(Set(store, 3));
        List<Lsn> read = Read(tail);
        Assert.Equal(written[..^1], read);
        byte[] root = StoreImage.Of(disk)["ROOT"];
        byte[] damaged = [.. root];
        int newest = RootOffsetOfNewest(disk);
        damaged.AsSpan(newest, 8192).Clear();
        Replace(disk, "ROOT", damaged);
        written.AddRange(Set(store, 2));
        for (int look = 0; look < 3; look++)
            Read(tail, read);
        Replace(disk, "ROOT", root);
        store.Store.Close();
        Read(tail, read);
        Assert.Equal(written, read);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(60_001)]
    public void An_interval_out_of_range_is_refused(int pollIntervalMs) =>
        Assert.Equal(StoreError.ConfigurationInvalid, Assert.ThrowsAny<StoreException>(() => new LogTailOptions { PollIntervalMs = pollIntervalMs }).Error);

    [Fact]
    public void Of_a_retired_segment_that_a_branch_leaves_only_what_counts_comes()
    {
        SimulatedFileSystem disk = new();
        KillableFiles killable = new(disk);
        TestStore store = TestStore.Create(killable.Files, NoFlushes);
        using LogTail tail = Follow(disk);
        List<Lsn> written = Set(store, 4, length: 3000);
        Assert.Null(tail.TryRead());
        killable.Kill(store);
        using TestStore next = TestStore.Open(disk, NoFlushes with { CheckpointsRetained = 1, LogRetainBytes = 0 }, target: RecoveryTarget.ToLsn(written[1]));
        RetireAll(next);
        Assert.Equal(0, CountFiles(disk, SegmentNames.File(1)));
        next.Store.Close();
        List<Lsn> read = Read(tail);
        Assert.Equal(written[..2], read[..2]);
        Assert.DoesNotContain(written[2], read);
    }

    [Fact]
    public void Where_it_was_given_up_another_one_goes_on()
    {
        SimulatedFileSystem disk = new();
        using (TestStore store = TestStore.Create(disk))
            Set(store, 3);
        LogTail tail = Follow(disk);
        Lsn read = Read(tail)[^1];
        Lsn position = tail.Position;
        tail.Dispose();
        Assert.Equal(position, tail.Position);
        Assert.True(position > read);
    }

    private static LogTail Follow(IFileSystem files, Lsn? from = null, LogTailOptions? options = null) =>
        PersistenceStore.Tail(TestStore.HostFor(files), from ?? Lsn.None, options);

    private static List<Lsn> Set(TestStore store, int count, int length = 10) =>
        [.. Enumerable.Range(0, count).Select(i => store.Set($"k{i}", new string('x', length)).First)];

    /// <summary>Several segments.</summary>
    private static void Fill(TestStore store) => Set(store, 24, length: 2900);

    /// <summary>Goes on in a new segment and retires all before it.</summary>
    private static void RetireAll(TestStore store)
    {
        store.Store.RotateLog();
        Set(store, 2);
        store.Store.TakeCheckpoint();
        Set(store, 1);
    }

    /// <returns>Where its one entry is, if it is new.</returns>
    private static Lsn KillAfterOpening(SimulatedFileSystem disk, bool isNew = false)
    {
        KillableFiles killable = new(disk);
        TestStore store = isNew ? TestStore.Create(killable.Files, NothingKept) : TestStore.Open(killable.Files, NothingKept);
        Lsn entry = isNew ? store.Set("a", "1").First : Lsn.None;
        killable.Kill(store);
        return entry;
    }

    private static int CountFiles(SimulatedFileSystem disk, string suffix) => disk.List("wal").Count(entry => entry.Name.EndsWith(suffix, StringComparison.Ordinal));

    private static void Flip(SimulatedFileSystem disk, string path, long offset)
    {
        using IFile file = disk.Open(path, FileIntent.ReadWrite);
        byte[] one = new byte[1];
        file.Read(one, offset);
        file.Write([(byte)~one[0]], offset);
    }

    private static void Replace(SimulatedFileSystem disk, string path, byte[] content)
    {
        using IFile file = disk.Open(path, FileIntent.ReadWrite);
        file.Write(content, 0);
    }

    private static int RootOffsetOfNewest(SimulatedFileSystem disk) =>
        (int)(RootFile.Read(disk).Believed!.Generation & 1) * 8192;

    private static string? FindDifference(List<LogEntry> left, List<LogEntry> right) =>
        left.Count == right.Count && left.Zip(right).All(pair => pair.First with { Payload = default } == pair.Second with { Payload = default } && pair.First.Payload.Span.SequenceEqual(pair.Second.Payload.Span))
            ? null
            : $"{string.Join(", ", left)} and {string.Join(", ", right)}";

    /// <summary>What there is now.</summary>
    private static List<LogEntry> ReadEntries(LogTail tail)
    {
        List<LogEntry> read = [];
        while (tail.TryRead() is LogEntry entry)
            read.Add(entry);
        return read;
    }

    private static List<Lsn> Read(LogTail tail, List<Lsn>? read = null)
    {
        read ??= [];
        while (tail.TryRead() is LogEntry entry)
            read.Add(entry.Lsn);
        return read;
    }

    /// <summary>A file system that grants every lock.</summary>
    private sealed class LocklessFiles(IFileSystem inner) : ForwardingFileSystem(inner)
    {
        public override IFile Open(string path, FileIntent intent) => new LocklessFile(base.Open(path, intent));

        private sealed class LocklessFile(IFile file) : ForwardingFile(file)
        {
            public override bool TryLock(FileLockKind kind) => true;
        }
    }
}
