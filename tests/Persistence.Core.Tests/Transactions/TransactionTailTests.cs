using System.Globalization;
using Persistence.Configuration;
using Persistence.Engine;
using Persistence.KeyValue;
using Persistence.State;
using Persistence.Storage;
using Persistence.Storage.Simulated;
using Persistence.Tests.Engine;
using Persistence.Transactions;
using Persistence.Wal;
using Xunit;

namespace Persistence.Tests.Transactions;

/// <summary>Who follows the log is given a transaction of several frames once it counts, and all of it.</summary>
public sealed class TransactionTailTests
{
    private const int Items = 60;
    private const string LargeTransaction = "large";
    private const string Background = "store-background";
    private static readonly string Value = new('x', 1000);

    /// <summary>Eight frames, in three segments.</summary>
    private static StoreOptions Options => TestStore.SmallOptions with { FrameBytesMax = 8 << 10, SegmentBytes = 32 << 10, LogRetainBytes = long.MaxValue };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void None_of_it_comes_before_its_commit_and_then_all_of_it(bool includeUnsynced)
    {
        using OperationBlocker blocker = new();
        TestStore store = blocker.Own(TestStore.Create(blocker.Files, Options));
        using LogTail tail = Follow(blocker.Disk, Lsn.None, includeUnsynced);
        Lsn before = store.Set("before", "1").First;
        List<LogEntry> read = [];
        CommitResult written = default;
        OperationStop stop = blocker.StopAtLogWrite(1);
        BackgroundCall committing = new(LargeTransaction, () => written = CommitLarge(store));
        for (int write = 1; write <= 8; write++)
        {
            stop.WaitUntilReached();
            read.AddRange(Read(tail));
            OperationStop reached = stop;
            if (write < 8)
                stop = blocker.StopAtLogWrite(1);
            reached.Release();
        }

        committing.Succeeded();
        Assert.Equal(before, Assert.Single(read).Lsn);
        read.AddRange(Read(tail));
        Assert.Equal(includeUnsynced ? 1 + Items + 2 : 1, read.Count);
        // Another would go on where the transaction began.
        if (!includeUnsynced)
            Assert.Equal(written.First, tail.Position);
        store.Set("after", "1");
        read.AddRange(Read(tail));
        RequireWhole(written, read.Skip(1).Take(Items + 2));
    }

    [Fact]
    public void Who_comes_in_the_middle_is_given_all_of_it()
    {
        // Before each of its frames in turn.
        for (int write = 1; write <= 8; write++)
        {
            using OperationBlocker blocker = new();
            TestStore store = blocker.Own(TestStore.Create(blocker.Files, Options));
            store.Set("before", "1");
            OperationStop stop = blocker.StopAtLogWrite(write);
            CommitResult written = default;
            BackgroundCall committing = new(LargeTransaction, () => written = CommitLarge(store));
            stop.WaitUntilReached();
            using LogTail tail = Follow(blocker.Disk, from: null);
            Assert.Empty(Read(tail));
            stop.Release();
            committing.Succeeded();
            store.Store.Close();
            RequireWhole(written, Read(tail).Where(entry => entry.Type != RecordType.CheckpointMarker));
        }
    }

    [Fact]
    public void Who_comes_in_the_middle_after_a_flush_and_silence_is_given_all_of_it_too()
    {
        WatchedScheduler scheduler = new();
        using OperationBlocker blocker = new();
        // Where the first segment is too full for the next record there is still room for a marker.
        TestStore store = blocker.Own(TestStore.Create(TestStore.HostFor(blocker.Files) with { Scheduler = scheduler }, Options with { MarkerDelayMs = 1, SegmentBytes = 36 << 10 }));
        OperationStop stop = blocker.StopNext(static operation => operation.Path.StartsWith("wal/spare-", StringComparison.Ordinal));
        CommitResult written = default;
        BackgroundCall committing = new(LargeTransaction, () => written = CommitLarge(store));
        stop.WaitUntilReached();
        // Between two of its frames, with nothing under way: whoever marked the end of what was flushed would mark it there.
        (int sleeps, int pauses) = (scheduler.SleepsOf(Background), scheduler.PausesOf(Background));
        store.Store.Flush();
        Assert.True(SpinWait.SpinUntil(() => scheduler.SleepsOf(Background) > sleeps || scheduler.PausesOf(Background) > pauses + 10, BackgroundCall.Patience));
        using LogTail tail = Follow(blocker.Disk, from: null);
        stop.Release();
        committing.Succeeded();
        store.Store.Close();
        RequireWhole(written, Read(tail).Where(entry => entry.Type != RecordType.CheckpointMarker));
    }

    [Fact]
    public void What_a_kill_left_without_a_commit_never_comes()
    {
        // After each of its frames in turn.
        for (int write = 2; write <= 8; write++)
        {
            SimulatedFileSystem disk = new();
            KillableFiles? killable = null;
            using OperationBlocker blocker = new(simulated => (killable = new KillableFiles(disk = simulated)).Files);
            TestStore store = TestStore.Create(blocker.Files, Options);
            Lsn before = store.Set("before", "1").First;
            using LogTail tail = Follow(disk, Lsn.None);
            using LogTail impatient = Follow(disk, Lsn.None, includeUnsynced: true);
            OperationStop stop = blocker.StopAtLogWrite(write);
            BackgroundCall committing = new(LargeTransaction, () => CommitLarge(store));
            stop.WaitUntilReached();
            Assert.Equal([before], Read(tail).Concat(Read(impatient)).Select(entry => entry.Lsn).Distinct());
            killable!.Kill();
            stop.Release();
            Assert.NotNull(committing.WaitForEnd());
            store.Dispose();
            using TestStore again = TestStore.Open(disk, Options);
            Lsn after = again.Set("after", "1").First;
            again.Store.Close();
            Assert.Equal([after], Read(tail).Where(entry => entry.Type != RecordType.CheckpointMarker).Select(entry => entry.Lsn));
            Assert.Contains(Read(impatient), entry => entry.Lsn == after);
        }
    }

    [Fact]
    public void With_its_beginning_all_of_it_is_lost_that_was_not_given()
    {
        using OperationBlocker blocker = new();
        StoreOptions nothingKept = Options with { LogRetainBytes = 0, CheckpointsRetained = 1 };
        TestStore store = blocker.Own(TestStore.Create(blocker.Files, nothingKept));
        using LogTail tail = Follow(blocker.Disk, Lsn.None);
        OperationStop stop = blocker.StopAtLogWrite(3);
        CommitResult written = default;
        BackgroundCall committing = new(LargeTransaction, () => written = CommitLarge(store));
        stop.WaitUntilReached();
        Assert.Empty(Read(tail));
        stop.Release();
        committing.Succeeded();
        store.Store.RotateLog();
        store.Set("a", "1");
        store.Store.TakeCheckpoint();
        store.Store.RotateLog();
        Lsn last = store.Set("b", "2").First;
        store.Store.TakeCheckpoint();
        LogTruncatedException lost = Assert.Throws<LogTruncatedException>(() => Read(tail));
        Assert.True(lost.From <= written.First && lost.To >= written.End, $"{lost.Message} {written}");
        Assert.Equal(last, Read(tail).First(entry => entry.Type != RecordType.CheckpointMarker).Lsn);
    }

    [Fact]
    public void Its_entries_are_as_durable_as_its_commit()
    {
        using OperationBlocker blocker = new();
        TestStore store = blocker.Own(TestStore.Create(blocker.Files, Options with { Durability = DurabilityMode.None }));
        CommitResult written = CommitLarge(store);
        using (PersistenceStore reader = PersistenceStore.OpenReadOnly(TestStore.HostFor(blocker.Disk), [new KeyValueState()]))
            Assert.DoesNotContain(reader.ReadLog(), entry => entry.IsDurable && entry.Lsn < written.End);
        store.Store.Flush();
        store.Set("after", "1");
        store.Store.Flush();
        using (PersistenceStore reader = PersistenceStore.OpenReadOnly(TestStore.HostFor(blocker.Disk), [new KeyValueState()]))
            Assert.All(reader.ReadLog().TakeWhile(entry => entry.Lsn < written.End), entry => Assert.True(entry.IsDurable));
    }

    private static LogTail Follow(IFileSystem files, Lsn? from, bool includeUnsynced = false) =>
        PersistenceStore.Tail(TestStore.HostFor(files), from, new LogTailOptions { IncludeUnsynced = includeUnsynced });

    private static CommitResult CommitLarge(TestStore store)
    {
        using Transaction transaction = store.Store.BeginTransaction();
        KeyValueTransaction state = store.KeyValue.In(transaction);
        for (int i = 0; i < Items; i++)
            state.Set(Key(i), TestStore.Encode(Value));
        return transaction.Commit();
    }

    private static string Key(int number) => $"a/{number.ToString(CultureInfo.InvariantCulture)}";

    /// <summary>Begin, every change, commit.</summary>
    private static void RequireWhole(CommitResult written, IEnumerable<LogEntry> entries)
    {
        LogEntry[] given = [.. entries];
        Assert.Equal(Items + 2, given.Length);
        Assert.Equal(written.First, given[0].Lsn);
        Assert.Equal((RecordType.TransactionBegin, RecordType.TransactionCommit), (given[0].Type, given[^1].Type));
        Assert.Equal(Enumerable.Range(0, Items).Select(Key), given[1..^1].Select(entry => KeyValueChange.Read(entry.Type, entry.Version, entry.Payload.Span).Key));
        Assert.All(given, entry => Assert.Equal(written.First.Value, entry.TransactionId));
    }

    private static List<LogEntry> Read(LogTail tail)
    {
        List<LogEntry> read = [];
        while (tail.TryRead() is LogEntry entry)
            read.Add(entry);
        return read;
    }
}
