using System.Collections.Concurrent;
using Persistence.Configuration;
using Persistence.Engine;
using Persistence.KeyValue;
using Persistence.State;
using Persistence.Storage;
using Persistence.Storage.Simulated;
using Persistence.Tests.Engine;
using Persistence.Wal;
using Xunit;

namespace Persistence.Tests.Wal;

public sealed class LogWritingTests
{
    [Theory]
    [InlineData(DurabilityMode.Sync)]
    [InlineData(DurabilityMode.None)]
    public async Task An_asynchronous_commit_never_writes_or_flushes_on_the_callers_thread(DurabilityMode durability)
    {
        ConcurrentQueue<int> writers = new();
        FaultInjectingFileSystem files = new(new SimulatedFileSystem(), (in StorageOperation operation) =>
        {
            if (operation.Kind is StorageOperationKind.Write or StorageOperationKind.SyncData && operation.Path.EndsWith(".wal", StringComparison.Ordinal))
                writers.Enqueue(Environment.CurrentManagedThreadId);
            return null;
        });
        using TestStore store = TestStore.Create(files, TestStore.SmallOptions with { FrameBytesMax = 4 << 10, SegmentBytes = 1 << 20, Durability = durability });
        writers.Clear();
        int caller = Environment.CurrentManagedThreadId;
        List<Task<CommitResult>> commits = [];
        for (int i = 0; i < 50; i++)
        {
            KeyValueBatch batch = new();
            batch.Set($"k{i}", TestStore.Encode(new string('x', 3000)));
            commits.Add(store.KeyValue.CommitAsync(batch).AsTask());
        }

        int[] seen = [.. writers];
        await Task.WhenAll(commits);
        Assert.NotEmpty(writers);
        Assert.DoesNotContain(caller, seen);
        Assert.Equal(50, store.KeyValue.Count);
    }

    [Theory]
    [InlineData(512, 4096)]
    [InlineData(4096, 512)]
    public void Another_sector_size_holds_from_the_next_segment_on(int before, int after)
    {
        SimulatedFileSystem files = new();
        using (TestStore store = TestStore.Create(files, TestStore.SmallOptions with { SectorBytes = before }))
            store.Set("a", "1");
        using (TestStore store = TestStore.Open(files, TestStore.SmallOptions with { SectorBytes = after }))
        {
            store.Set("b", "2");
            store.Store.RotateLog();
            store.Set("c", "3");
            store.Set("d", "4");
            SegmentCatalog catalog = SegmentCatalog.Read(files, storeId: null);
            Assert.Equal([before, after], catalog.Segments.Select(segment => segment.Header!.SectorBytes));
            LogEntry[] entries = [.. store.Store.ReadLog()];
            Assert.Equal(after, entries[3].Lsn - entries[2].Lsn);
        }

        using TestStore again = TestStore.Open(files.CrashImage(CrashImageKind.DropPending));
        Assert.Equal("a=1;b=2;c=3;d=4;", again.Dump());
    }

    [Fact]
    public void A_new_segment_begins_above_every_position_that_an_abandoned_one_can_have_held()
    {
        SampleStore sample = SampleStore.Create();
        SegmentHeader newest = sample.HeaderOf(sample.NewestSegment);
        SegmentHeader stray = newest with { Sequence = newest.Sequence + 5, PreviousSequence = newest.Sequence + 4, FirstLsn = newest.FirstLsn + (100 << 20) };
        byte[] content = new byte[stray.SizeBytes];
        stray.Encode(content);
        sample.Image[SegmentNames.Path(stray.Sequence)] = content;
        SimulatedFileSystem files = sample.Image.ToFiles();
        using TestStore store = TestStore.Open(files, SampleStore.KeepLog);
        Assert.True(store.Set("after", "1").First >= stray.NextFirstLsn);
    }

    [Fact]
    public void A_segment_that_is_still_empty_is_not_followed_by_another_because_one_was_wanted()
    {
        using TestStore store = TestStore.Create();
        store.Store.RotateLog();
        store.Set("a", "1");
        store.Set("b", "2");
        Assert.Equal(1, store.Store.GetStatus().ActiveSegment);
        store.Store.RotateLog();
        store.Set("c", "3");
        Assert.Equal(2, store.Store.GetStatus().ActiveSegment);
    }

    [Fact]
    public void What_fails_after_the_log_was_opened_closes_it_again()
    {
        SampleStore sample = SampleStore.Create();
        SimulatedFileSystem files = sample.Image.ToFiles();
        KeyValueState state = new();
        Assert.Throws<InvalidOperationException>(() => PersistenceStore.Open(TestStore.HostFor(files), SampleStore.KeepLog, [state, new UnattachableState()]));
        Assert.DoesNotContain(files.List(""), entry => entry.Name == "OWNER");
        PersistenceStore.Open(TestStore.HostFor(files), SampleStore.KeepLog, [state]).Dispose();
        using TestStore store = TestStore.Open(files, SampleStore.KeepLog);
        Assert.Equal(sample.State, store.Dump());
        using IFile rootHandle = files.Open("ROOT", FileIntent.ReadWrite);
    }

    /// <summary>A model without content that cannot be connected.</summary>
    private sealed class UnattachableState : IStateModel
    {
        public StateModelId Id => StateModelId.Entities;

        public byte SnapshotVersion => 1;

        public void Attach(ICommandSink sink) => throw new InvalidOperationException("cannot be attached");

        public void Sequence(RecordType type, byte version, ReadOnlySpan<byte> payload, Persistence.Serialization.GrowableBuffer tail) => throw new NotSupportedException();

        public void EndSequence(bool accepted)
        {
        }

        public void ForgetSequenced()
        {
        }

        public void Apply(in LogRecord record) => throw new NotSupportedException();

        public IStateCapture Capture(Lsn since) => throw new NotSupportedException();

        public void Reset()
        {
        }

        public void ReadItem(ReadOnlySpan<byte> item, byte snapshotVersion) => throw new NotSupportedException();

        public IReadOnlyList<string> FindViolations() => [];
    }
}
