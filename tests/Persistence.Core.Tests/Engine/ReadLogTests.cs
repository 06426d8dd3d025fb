using Persistence.Diagnostics;
using Persistence.Engine;
using Persistence.State;
using Persistence.Storage;
using Persistence.Storage.Simulated;
using Persistence.Wal;
using Xunit;

namespace Persistence.Tests.Engine;

/// <summary>Reading the log where the state does not need it any more: nothing is left out without a word.</summary>
public sealed class ReadLogTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Damage_that_recovery_does_not_need_stops_a_reader_and_one_behind_it_reads_on(bool forWriting)
    {
        // Everything in one segment: two frames, a checkpoint, two more.
        SimulatedFileSystem files = new();
        List<Lsn> records = [];
        using (TestStore store = TestStore.Create(files))
        {
            records.Add(store.Set("a", "1").First);
            records.Add(store.Set("b", "2").First);
            store.Store.TakeCheckpoint();
            records.Add(store.Set("c", "3").First);
            records.Add(store.Set("d", "4").First);
            store.Store.Close();
        }

        StoreImage image = StoreImage.Of(files);
        image.Flip("wal/0000000001.wal", records[1].Value + 5);
        SimulatedFileSystem damaged = image.ToFiles();
        Assert.False(StoreInspector.Inspect(TestStore.HostFor(damaged)).IsHealthy);
        using TestStore opened = forWriting ? TestStore.Open(damaged) : TestStore.OpenReadOnly(damaged);
        Assert.Equal("a=1;b=2;c=3;d=4;", opened.Dump());

        using IEnumerator<LogEntry> entries = opened.Store.ReadLog().GetEnumerator();
        Assert.True(entries.MoveNext());
        Assert.Equal(records[0], entries.Current.Lsn);
        StoreException stopped = Assert.ThrowsAny<StoreException>(() => entries.MoveNext());
        Assert.Equal((StoreError.ChecksumMismatch, "wal/0000000001.wal"), (stopped.Error, stopped.File));
        Assert.InRange(stopped.Position!.Value, records[0].Value, records[1].Value);

        Assert.ThrowsAny<StoreException>(() => opened.Store.ReadLog(records[1]).Count());
        Assert.Equal(records[2..], opened.Store.ReadLog(records[2]).Select(entry => entry.Lsn));
    }

    [Fact]
    public void What_was_written_after_damage_is_read_from_there_on()
    {
        SampleStore sample = SampleStore.Create(setsAfter: 2, clean: true);
        int early = sample.FramesOf(sample.Segments[0])[1];
        sample.Image.Flip(sample.Segments[0], early + 100);
        using TestStore store = TestStore.Open(sample.Image.ToFiles(), SampleStore.KeepLog);
        CommitResult written = store.Set("after", "1");
        Assert.ThrowsAny<StoreException>(() => store.Store.ReadLog().Count());
        Assert.Equal(written.First, Assert.Single(store.Store.ReadLog(written.First)).Lsn);
        Assert.Equal(written.First, store.Store.ReadLog(sample.HeaderOf(sample.Segments[1]).FirstFrameLsn).Last().Lsn);
    }

    [Fact]
    public void A_position_before_the_contiguous_log_is_refused()
    {
        SampleStore sample = SampleStore.Create();
        sample.Image.Flip(sample.Segments[0], 20);
        using TestStore store = TestStore.Open(sample.Image.ToFiles(), SampleStore.KeepLog);
        StoreException refused = Assert.ThrowsAny<StoreException>(() => store.Store.ReadLog(new Lsn(5000)).Count());
        Assert.Equal(StoreError.LogTruncated, refused.Error);
        Assert.Equal(sample.HeaderOf(sample.Segments[1]).FirstFrameLsn + FrameHeader.Bytes, store.Store.ReadLog().First().Lsn);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_segment_whose_header_is_not_given_while_the_log_is_looked_up_is_not_left_out(bool forGood)
    {
        bool failing = false;
        SimulatedFileSystem disk = new();
        FaultInjectingFileSystem files = new(disk, (in StorageOperation operation) =>
            failing && operation.Kind == StorageOperationKind.Read && operation.Path == "wal/0000000001.wal" ? new InjectedFault(StorageFault.Failed) : null);
        using TestStore store = TestStore.Create(files);
        store.Set("a", "1");
        store.Store.RotateLog();
        Lsn later = store.Set("b", "2").First;
        if (forGood)
            Damage();
        else
            failing = true;
        StoreException refused = Assert.ThrowsAny<StoreException>(() => store.Store.ReadLog().Count());
        Assert.Equal((forGood ? StoreError.ChecksumMismatch : StoreError.StorageFailed, "wal/0000000001.wal"), (refused.Error, refused.File));
        Assert.Equal(later, Assert.Single(store.Store.ReadLog(later)).Lsn);
        failing = false;
        if (!forGood)
            Assert.Equal(2, store.Store.ReadLog().Count());

        void Damage()
        {
            using IFile file = disk.Open("wal/0000000001.wal", FileIntent.ReadWrite);
            file.Write([0xFF], 20);
        }
    }

    [Fact]
    public void The_log_says_at_once_and_durably_that_a_checkpoint_was_published()
    {
        SimulatedFileSystem files = new();
        using TestStore store = TestStore.Create(files);
        store.Set("a", "1");
        store.Store.TakeCheckpoint();
        using TestStore reader = TestStore.OpenReadOnly(files.CrashImage(CrashImageKind.DropPending));
        Assert.Equal(RecordType.CheckpointMarker, reader.Store.ReadLog().Last().Type);
    }

    [Fact]
    public void A_log_that_rolls_on_while_it_is_read_is_read_to_where_it_ended_before()
    {
        Action? inBetween = null;
        FaultInjectingFileSystem files = new(new SimulatedFileSystem(), (in StorageOperation operation) =>
        {
            if (operation.Kind == StorageOperationKind.Read && operation.Path == "wal/0000000001.wal")
                Interlocked.Exchange(ref inBetween, null)?.Invoke();
            return null;
        });
        using TestStore store = TestStore.Create(files);
        Lsn before = store.Set("a", "1").First;
        inBetween = () =>
        {
            store.Store.RotateLog();
            store.Set("b", "2");
        };
        Assert.Equal(before, Assert.Single(store.Store.ReadLog()).Lsn);
        Assert.Null(inBetween);
        Assert.Equal(2, store.Store.ReadLog().Count());
    }

    [Fact]
    public void A_log_whose_oldest_segment_is_retired_while_it_is_looked_up_is_read_from_the_next()
    {
        SimulatedFileSystem disk = new();
        Action? inBetween = null;
        FaultInjectingFileSystem files = new(disk, (in StorageOperation operation) =>
        {
            if (operation.Kind == StorageOperationKind.List && operation.Path == "wal")
                Interlocked.Exchange(ref inBetween, null)?.Invoke();
            return null;
        });
        using TestStore store = TestStore.Create(files, TestStore.SmallOptions with { CheckpointsRetained = 1 });
        store.Set("a", "1");
        inBetween = () =>
        {
            store.Store.RotateLog();
            store.Set("b", "2");
            store.Store.TakeCheckpoint();
        };
        // What was asked for ends where the log ended then; all of it has been retired meanwhile.
        Assert.Empty(store.Store.ReadLog());
        Assert.DoesNotContain(disk.List("wal"), entry => entry.Name == "0000000001.wal");
        Assert.Equal(RecordType.CheckpointMarker, store.Store.ReadLog().Last().Type);
    }

    [Fact]
    public void A_segment_that_is_retired_after_it_was_found_and_before_it_was_opened_is_truncated_log()
    {
        const string oldest = "wal/0000000001.wal";
        SimulatedFileSystem disk = new();
        Action? inBetween = null;
        int opensBefore = 0;
        FaultInjectingFileSystem files = new(disk, (in StorageOperation operation) =>
        {
            if (inBetween is not null && operation.Kind == StorageOperationKind.Open && operation.Path == oldest && opensBefore-- == 0)
                Interlocked.Exchange(ref inBetween, null)?.Invoke();
            return null;
        });
        using TestStore store = TestStore.Create(files, TestStore.SmallOptions with { CheckpointsRetained = 1 });
        Lsn first = store.Set("a", "1").First;
        store.Store.RotateLog();
        store.Set("b", "2");

        // It is opened once to see what it is, and then to be read.
        opensBefore = 1;
        inBetween = () => store.Store.TakeCheckpoint();
        StoreException refused = Assert.ThrowsAny<StoreException>(() => store.Store.ReadLog(first).Count());
        Assert.Null(inBetween);
        Assert.DoesNotContain(disk.List("wal"), entry => entry.Name == "0000000001.wal");
        Assert.Equal((StoreError.LogTruncated, oldest), (refused.Error, refused.File));
    }

    [Fact]
    public void From_its_end_on_there_is_nothing_to_read_whatever_lies_before()
    {
        SimulatedFileSystem files = new();
        using TestStore store = TestStore.Create(files);
        store.Set("a", "1");
        CommitResult last = store.Set("b", "2");
        using (IFile file = files.Open("wal/0000000001.wal", FileIntent.ReadWrite))
            file.Write([0xFF], last.First.Value + 5);
        Assert.ThrowsAny<StoreException>(() => store.Store.ReadLog(last.First).Count());
        Assert.Empty(store.Store.ReadLog(store.Store.DurableLsn));
    }
}
