using System.Collections.Concurrent;
using Persistence.Configuration;
using Persistence.Diagnostics;
using Persistence.KeyValue;
using Persistence.State;
using Persistence.Storage.Simulated;
using Persistence.Wal;
using Xunit;

namespace Persistence.Tests.Engine;

/// <summary>Readers, writers, checkpoints and closing, all at once.</summary>
public sealed class ConcurrencyTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Readers_of_a_store_that_rolls_recycles_and_checkpoints_never_see_damage(int spares)
    {
        SimulatedFileSystem files = new();
        StoreOptions options = SampleStore.DropLog with { SpareSegments = spares, MarkerDelayMs = 1, CheckpointsRetained = 1 };
        using TestStore store = TestStore.Create(files, options);
        ConcurrentQueue<string> problems = new();
        bool stop = false;
        int reads = 0;
        Thread[] readers = [.. Enumerable.Range(0, 2).Select(_ => new Thread(() =>
        {
            while (!Volatile.Read(ref stop))
                ReadOnce(files, problems, ref reads);
        }))];
        foreach (Thread reader in readers)
            reader.Start();
        try
        {
            Write(store, () => Volatile.Read(ref reads));
        }
        finally
        {
            Volatile.Write(ref stop, true);
            foreach (Thread reader in readers)
                reader.Join();
        }

        Assert.Empty(problems);
        Assert.True(reads >= 40);
        Assert.True(store.Store.GetStatus().Log.Rolls > 10);
    }

    /// <summary>Pairs of keys that always change together: a reader that sees them differ has seen part of a state.</summary>
    private static void Write(TestStore store, Func<int> reads)
    {
        KeyValueBatch batch = new();
        for (int i = 0; i < 6000 && (i < 600 || reads() < 40); i++)
        {
            batch.Set("left", TestStore.Encode($"{i}".PadRight(400)));
            batch.Set("right", TestStore.Encode($"{i}".PadRight(400)));
            store.KeyValue.Commit(batch);
            if (i % 50 == 49)
                store.Store.TakeCheckpoint();
        }
    }

    private static void ReadOnce(SimulatedFileSystem files, ConcurrentQueue<string> problems, ref int reads)
    {
        try
        {
            using TestStore reader = TestStore.OpenReadOnly(files);
            if (reader.Get("left") != reader.Get("right"))
                problems.Enqueue($"{reader.Get("left")} and {reader.Get("right")}");
            Lsn last = default;
            foreach (LogEntry entry in reader.Store.ReadLog())
            {
                if (entry.Lsn <= last)
                    problems.Enqueue($"{entry.Lsn} after {last}");
                last = entry.Lsn;
            }
        }
        catch (StoreException e) when (e.Error == StoreError.LogTruncated)
        {
            // Retention was faster than this reader of the history; the state itself is never refused.
        }
        catch (Exception e)
        {
            problems.Enqueue(e.ToString());
        }

        Interlocked.Increment(ref reads);
    }

    [Fact]
    public void A_segment_recycled_between_opening_and_locking_it_is_truncated_log_and_not_damage()
    {
        SimulatedFileSystem disk = new();
        using TestStore store = TestStore.Create(disk, SampleStore.DropLog with { CheckpointsRetained = 1 });
        Fill(store, 12);
        Action? beforeLock = null;
        FaultInjectingFileSystem files = new(disk, (in StorageOperation operation) =>
        {
            if (operation.Kind == StorageOperationKind.TryLock)
                Interlocked.Exchange(ref beforeLock, null)?.Invoke();
            return null;
        });
        using TestStore reader = TestStore.OpenReadOnly(files);
        beforeLock = () =>
        {
            store.Store.TakeCheckpoint();
            store.Store.TakeCheckpoint();
            Fill(store, 24);
        };
        StoreException refused = Assert.ThrowsAny<StoreException>(() => reader.Store.ReadLog().Count());
        Assert.Equal(StoreError.LogTruncated, refused.Error);
        Assert.Null(beforeLock);
    }

    [Fact]
    public void A_segment_retired_while_a_reader_lists_the_log_is_nothing_to_that_reader()
    {
        SampleStore sample = SampleStore.Create();
        SimulatedFileSystem disk = sample.Image.ToFiles();
        string? retired = sample.Segments[0];
        FaultInjectingFileSystem files = new(disk, (in StorageOperation operation) =>
        {
            if (operation.Kind == StorageOperationKind.Open && operation.Path == retired)
            {
                disk.Delete(retired);
                retired = null;
            }

            return null;
        });
        using TestStore reader = TestStore.OpenReadOnly(files);
        Assert.Null(retired);
        Assert.Equal(sample.State, reader.Dump());
    }

    [Fact]
    public void A_segment_somebody_reads_is_not_recycled()
    {
        SimulatedFileSystem files = new();
        using TestStore store = TestStore.Create(files, SampleStore.DropLog with { CheckpointsRetained = 1 });
        Fill(store, 6);
        using TestStore reader = TestStore.OpenReadOnly(files);
        int expected = reader.Store.ReadLog().Count();
        using IEnumerator<LogEntry> entries = reader.Store.ReadLog().GetEnumerator();
        Assert.True(entries.MoveNext());
        for (int round = 0; round < 3; round++)
        {
            Fill(store, 12);
            store.Store.TakeCheckpoint();
        }

        int read = 1;
        while (entries.MoveNext())
            read++;
        Assert.Equal(expected, read);
    }

    [Fact]
    public void Closing_waits_for_a_checkpoint_under_way()
    {
        SimulatedFileSystem disk = new();
        using ManualResetEventSlim verifying = new();
        using ManualResetEventSlim goOn = new();
        FaultInjectingFileSystem files = new(disk, (in StorageOperation operation) =>
        {
            if (operation.Kind == StorageOperationKind.Rename && operation.Path.StartsWith("staging/", StringComparison.Ordinal) && operation.Path.EndsWith(".full", StringComparison.Ordinal))
            {
                verifying.Set();
                goOn.Wait();
            }

            return null;
        });
        TestStore store = TestStore.Create(files);
        store.Set("a", "1");
        Exception? failure = null;
        Thread checkpoint = new(() => failure = Record.Exception(() => store.Store.TakeCheckpoint()));
        checkpoint.Start();
        Assert.True(verifying.Wait(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
        Thread closing = new(store.Store.Close);
        closing.Start();
        Assert.True(SpinWait.SpinUntil(() => store.Store.IsClosed, TimeSpan.FromSeconds(30)));
        Assert.Throws<Persistence.Locking.StoreLockedException>(() => TestStore.Open(disk));
        goOn.Set();
        checkpoint.Join();
        closing.Join();
        Assert.Null(failure);
        using TestStore again = TestStore.Open(disk);
        Assert.True(again.Store.RecoveryReport.WasClean);
        Assert.Equal("a=1;", again.Dump());
        Assert.Single(again.Store.GetCheckpoints());
    }

    [Fact]
    public void Writers_cut_off_by_a_close_either_wrote_or_were_told()
    {
        for (int round = 0; round < 20; round++)
        {
            SimulatedFileSystem files = new();
            TestStore store = TestStore.Create(files);
            ConcurrentBag<string> acknowledged = [];
            ConcurrentBag<Exception> errors = [];
            Thread[] writers = [.. Enumerable.Range(0, 4).Select(writer => new Thread(() =>
            {
                for (int i = 0; ; i++)
                {
                    try
                    {
                        store.Set($"{writer}-{i}", "v");
                        acknowledged.Add($"{writer}-{i}");
                    }
                    catch (Exception e)
                    {
                        errors.Add(e);
                        return;
                    }
                }
            }))];
            foreach (Thread writer in writers)
                writer.Start();
            SpinWait.SpinUntil(() => acknowledged.Count > 10 + round);
            store.Store.Close();
            foreach (Thread writer in writers)
                writer.Join();
            Assert.All(errors, error => Assert.Equal(StoreError.StoreClosed, Assert.IsType<StoreException>(error).Error));
            using TestStore again = TestStore.Open(files);
            Assert.True(again.Store.RecoveryReport.WasClean);
            Assert.Equal(acknowledged.Order(StringComparer.Ordinal), again.KeyValue.FindByPrefix().Select(item => item.Key));
        }
    }

    private static void Fill(TestStore store, int count)
    {
        for (int i = 0; i < count; i++)
            store.Set($"k{i % 7}", new string('x', 3000));
    }
}
