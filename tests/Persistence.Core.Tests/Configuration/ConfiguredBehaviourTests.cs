using System.Reflection;
using Persistence.Checkpoints;
using Persistence.Compaction;
using Persistence.Configuration;
using Persistence.Diagnostics;
using Persistence.Engine;
using Persistence.KeyValue;
using Persistence.Locking;
using Persistence.State;
using Persistence.Storage;
using Persistence.Storage.Simulated;
using Persistence.Terminals;
using Persistence.Tests.Engine;
using Persistence.Tests.Storage;
using Persistence.Transactions;
using Xunit;

namespace Persistence.Tests.Configuration;

/// <summary>What each key of the table changes in what a store does, told by its file before it is opened, and while it is open where that can be.</summary>
public sealed class ConfiguredBehaviourTests
{
    [Fact]
    public void Every_key_has_a_test_here()
    {
        IEnumerable<string> tested = typeof(ConfiguredBehaviourTests).GetMethods()
            .Where(method => method.GetCustomAttributes<FactAttribute>().Any())
            .SelectMany(method => method.GetCustomAttributes<ConfiguresAttribute>(), static (_, configures) => configures.Key);
        Assert.Equal(ConfigurationKeys.All.Select(key => key.FullName).Order(), tested.Distinct().Order());
    }

    /// <summary>A key that says it can change while the store is open has a test that changes it then, and one that cannot has none.</summary>
    [Fact]
    public void A_key_that_can_change_while_the_store_is_open_is_tested_so()
    {
        IEnumerable<string> tested = typeof(ConfiguredBehaviourTests).GetMethods()
            .Where(method => method.GetParameters().Any(parameter => parameter.ParameterType == typeof(Told)))
            .SelectMany(method => method.GetCustomAttributes<ConfiguresAttribute>(), static (_, configures) => configures.Key);
        Assert.Equal(ConfigurationKeys.All.Where(key => key.CanChangeWhileOpen).Select(key => key.FullName).Order(), tested.Distinct().Order());
    }

    [Theory, CombinatorialTold]
    [Configures("durability.mode")]
    public void A_commit_is_durable_when_the_mode_says(Told told)
    {
        using ConfiguredStore none = ConfiguredStore.Create(told, ("durability.mode", "none"));
        CommitResult commit = none.Set("a", "1");
        Assert.True(none.Store.DurableLsn < commit.End);
        Assert.Equal(DurabilityMode.None, none.Store.GetStatus().Durability);
        Assert.Equal("1", TestStore.Decode(none.KeyValue.Find("a")!.Value));
        ConfiguredStore.WriteFile(none.Host.Files, ConfiguredStore.TextOf(("durability.mode", "sync")));
        none.Store.ReloadConfiguration();
        Assert.True(none.Store.DurableLsn >= commit.End);
        Assert.True(none.Set("a", "2").End <= none.Store.DurableLsn);
    }

    [Theory, CombinatorialTold]
    [Configures("durability.flush_interval_ms")]
    public void A_commit_of_a_batch_is_flushed_when_the_interval_is_over(Told told)
    {
        ManualClock clock = new();
        using ConfiguredStore store = ConfiguredStore.Create(
            TestStore.DeterministicHostFor(new SimulatedFileSystem(), clock: clock) with { Scheduler = new WatchedScheduler() },
            told, ("durability.mode", "batch"), ("durability.flush_interval_ms", 10_000));
        CommitResult commit = store.Set("a", "1");
        clock.Advance(TimeSpan.FromMilliseconds(9_999));
        Assert.True(store.Store.DurableLsn < commit.End);
        clock.Advance(TimeSpan.FromMilliseconds(1));
        Await(() => store.Store.DurableLsn >= commit.End);
    }

    [Theory, CombinatorialTold]
    [Configures("log.segment_bytes")]
    public void A_new_segment_has_the_size(Told told)
    {
        using ConfiguredStore store = ConfiguredStore.Create(told, ("log.segment_bytes", 131_072));
        store.Set("a", "1");
        store.Store.RotateLog();
        store.Set("a", "2");
        Assert.Equal(131_072, store.Host.Files.TryGetLength($"wal/{store.Segments()[^1]}"));
    }

    [Theory, CombinatorialTold]
    [Configures("log.sector_bytes")]
    public void Frames_of_a_new_segment_start_on_the_sectors(Told told)
    {
        using ConfiguredStore store = ConfiguredStore.Create(told, ("log.sector_bytes", 4096));
        store.Set("a", "1");
        store.Store.RotateLog();
        Assert.Equal(4096, -(store.Set("a", "2").First - store.Set("a", "3").First));
    }

    [Theory, CombinatorialTold]
    [Configures("log.frame_bytes")]
    public void A_transaction_larger_than_a_frame_takes_several(Told told)
    {
        using ConfiguredStore small = ConfiguredStore.Create(told, ("log.frame_bytes", 4096));
        using ConfiguredStore large = ConfiguredStore.Create(told, ("log.frame_bytes", 65_536));
        Assert.InRange(FramesOfLargeCommit(small), 3, 12);
        Assert.Equal(1, FramesOfLargeCommit(large));
    }

    [Theory, CombinatorialTold]
    [Configures("log.spare_segments")]
    public void So_many_segments_are_prepared_ahead(Told told)
    {
        using ConfiguredStore store = ConfiguredStore.Create(told, ("log.spare_segments", 2));
        for (int i = 0; i < 12; i++)
            store.Set("a", new string('x', 3900));
        Await(() => store.Store.MeasureFiles().Spares == 2);
    }

    [Theory, CombinatorialTold]
    [Configures("log.segment_age_seconds")]
    public void A_segment_is_closed_at_its_age(Told told)
    {
        ManualClock clock = new();
        using ConfiguredStore store = ConfiguredStore.Create(Watched(clock), told, ("log.segment_age_seconds", 60));
        store.Set("a", "1");
        clock.Advance(TimeSpan.FromSeconds(59));
        store.Set("a", "2");
        Assert.Single(store.Segments());
        clock.Advance(TimeSpan.FromSeconds(1));
        Await(() => store.Set("a", "3").End > Lsn.None && store.Segments().Length == 2);
    }

    [Theory, CombinatorialTold]
    [Configures("log.retain_bytes")]
    public void Log_is_kept_up_to_so_many_bytes(Told told)
    {
        using ConfiguredStore store = ConfiguredStore.Create(told, ("log.retain_bytes", 3 * 65_536));
        Assert.Equal(3, SegmentsAfterRetiring(store));
    }

    [Theory, CombinatorialTold]
    [Configures("log.retain_segments")]
    public void Log_is_kept_up_to_so_many_segments(Told told)
    {
        using ConfiguredStore store = ConfiguredStore.Create(told, ("log.retain_bytes", long.MaxValue), ("log.retain_segments", 4));
        Assert.Equal(4, SegmentsAfterRetiring(store));
    }

    [Theory, CombinatorialTold]
    [Configures("log.retain_seconds")]
    public void Log_is_kept_up_to_an_age(Told told)
    {
        ManualClock clock = new();
        using ConfiguredStore store = ConfiguredStore.Create(Watched(clock), told, ("log.retain_bytes", long.MaxValue), ("log.retain_seconds", 60));
        for (int i = 0; i < 4; i++)
        {
            store.Set("a", $"{i}");
            store.Store.RotateLog();
        }

        store.Store.TakeCheckpoint();
        store.Store.TakeCheckpoint();
        Assert.Equal(5, store.Segments().Length);
        clock.Advance(TimeSpan.FromSeconds(61));
        store.Store.TakeCheckpoint();
        Assert.True(store.Segments().Length <= 2);
    }

    [Theory, CombinatorialTold]
    [Configures("log.marker_delay_ms")]
    public void Readers_are_told_what_is_durable(Told told)
    {
        using ConfiguredStore silent = ConfiguredStore.Create(Watched(new ManualClock()), told, ("log.marker_delay_ms", 0));
        using ConfiguredStore telling = ConfiguredStore.Create(Watched(new ManualClock()), told, ("log.marker_delay_ms", 10));
        Lsn end = silent.Set("a", "1").End;
        telling.Set("a", "1");
        Await(() => ProvenTo(telling) >= end);
        Assert.True(ProvenTo(silent) < end);
    }

    [Theory, CombinatorialTold]
    [Configures("checkpoint.log_bytes")]
    public void A_checkpoint_is_taken_after_so_much_log(Told told)
    {
        using ConfiguredStore store = ConfiguredStore.Create(told, ("checkpoint.log_bytes", 16_384));
        store.Set("a", new string('x', 1000));
        Assert.Null(store.Store.GetStatus().LastCheckpointId);
        for (int i = 0; i < 5; i++)
            store.Set("a", new string('x', 3900));
        Await(() => store.Store.GetStatus().LastCheckpointId == 1);
    }

    [Theory]
    [InlineData(Told.AtOpening, 0, 1)]
    [InlineData(Told.AtOpening, 1_000_000, 0)]
    [InlineData(Told.WhileOpen, 0, 1)]
    [Configures("checkpoint.close_bytes")]
    public void Closing_takes_a_checkpoint_if_there_is_so_much_log(Told told, long closeBytes, int checkpoints)
    {
        using ConfiguredStore store = ConfiguredStore.Create(told, ("checkpoint.close_bytes", closeBytes));
        store.Set("a", "1");
        store.Store.Close();
        Assert.Equal(checkpoints, store.Host.Files.List(CheckpointNames.Directory).Count);
    }

    [Theory, CombinatorialTold]
    [Configures("checkpoint.interval_seconds")]
    public void A_checkpoint_is_taken_after_so_long(Told told)
    {
        ManualClock clock = new();
        using ConfiguredStore store = ConfiguredStore.Create(Watched(clock), told, ("checkpoint.interval_seconds", 60));
        store.Set("a", "1");
        Assert.Null(store.Store.GetStatus().LastCheckpointId);
        clock.Advance(TimeSpan.FromSeconds(60));
        Await(() => store.Store.GetStatus().LastCheckpointId == 1);
    }

    [Theory, CombinatorialTold]
    [Configures("checkpoint.transactions")]
    public void A_checkpoint_is_taken_after_so_many_commits(Told told)
    {
        using ConfiguredStore store = ConfiguredStore.Create(told, ("checkpoint.transactions", 3));
        store.Set("a", "1");
        store.Set("a", "2");
        Assert.Null(store.Store.GetStatus().LastCheckpointId);
        store.Set("a", "3");
        Await(() => store.Store.GetStatus().LastCheckpointId == 1);
    }

    [Theory, CombinatorialTold]
    [Configures("checkpoint.retained")]
    public void So_many_checkpoints_are_kept(Told told)
    {
        using ConfiguredStore store = ConfiguredStore.Create(told, ("checkpoint.retained", 3));
        for (int i = 0; i < 5; i++)
        {
            store.Set("a", $"{i}");
            store.Store.TakeCheckpoint();
        }

        Assert.Equal([3L, 4L, 5L], store.Store.GetCheckpoints().Select(checkpoint => checkpoint.Id));
    }

    [Theory, CombinatorialTold]
    [Configures("checkpoint.increments")]
    public void So_many_increments_follow_a_full_checkpoint(Told told)
    {
        using ConfiguredStore store = ConfiguredStore.Create(told, ("checkpoint.increments", 2), ("checkpoint.increment_from_bytes", 0), ("checkpoint.retained", 9));
        Assert.Equal([true, false, false, true, false], Enumerable.Range(0, 5).Select(_ => store.Store.TakeCheckpoint().IsFull));
    }

    [Theory, CombinatorialTold]
    [Configures("checkpoint.increment_from_bytes")]
    public void Of_a_small_state_no_increments_are_taken(Told told)
    {
        using ConfiguredStore small = ConfiguredStore.Create(told, ("checkpoint.increment_from_bytes", 4000));
        small.Store.TakeCheckpoint();
        Assert.True(small.Store.TakeCheckpoint().IsFull);
        using ConfiguredStore large = ConfiguredStore.Create(told, ("checkpoint.increment_from_bytes", 4000), ("compression.enabled", false));
        large.Set("a", new string('x', 4000));
        large.Store.TakeCheckpoint();
        Assert.False(large.Store.TakeCheckpoint().IsFull);
    }

    [Theory, CombinatorialTold]
    [Configures("terminals.scrollback_memory_bytes")]
    public void With_so_much_output_in_memory_a_checkpoint_is_taken(Told told)
    {
        using ConfiguredStore store = ConfiguredStore.Create(told, ("terminals.scrollback_memory_bytes", 1 << 20));
        TerminalBatch batch = store.Terminals.CreateBatch();
        PaneId pane = batch.CreatePane(batch.CreateWindow(batch.CreateSession("a"), "a"), new PaneConfiguration { Command = "sh", Scrollback = default(ScrollbackLimits) }, TerminalSize.Default);
        batch.AppendOutput(pane, new byte[1 << 20]);
        store.Terminals.Commit(batch);
        Assert.Null(store.Store.GetStatus().LastCheckpointId);
        batch.AppendOutput(pane, new byte[ScrollbackChunk.BytesMax]);
        store.Terminals.Commit(batch);
        Await(() => store.Store.GetStatus().LastCheckpointId == 1 && store.Terminals.UnstoredBytes == 0);
    }

    [Theory]
    [InlineData("paths.log", "wal")]
    [InlineData("paths.checkpoints", "checkpoints")]
    [InlineData("paths.archive", "archive")]
    [Configures("paths.log")]
    [Configures("paths.checkpoints")]
    [Configures("paths.archive")]
    public void A_directory_lies_in_the_place_that_is_named(string key, string directory)
    {
        SimulatedFileSystem elsewhere = new();
        StoreHost host = TestStore.HostFor(new SimulatedFileSystem()) with { Elsewhere = (path, _) => path == "/else" ? elsewhere : throw new ArgumentException(path) };
        using ConfiguredStore store = ConfiguredStore.Create(host, Told.AtOpening, (key, "/else"), ("archive.enabled", true), ("checkpoint.retained", 1));
        store.Set("a", "1");
        store.Store.RotateLog();
        store.Set("a", "2");
        store.Store.TakeCheckpoint();
        store.Store.Close();
        Assert.NotEmpty(elsewhere.List(directory));
        Assert.DoesNotContain(host.Files.List(""), entry => entry.Name == directory);
    }

    [Theory]
    [InlineData(0, null)]
    [InlineData(131_072, 131_072L)]
    [InlineData(1, 65_536L)]
    [Configures("reserve.ballast_bytes")]
    public void So_much_space_is_held_for_a_full_disk(long bytes, long? expected)
    {
        using ConfiguredStore store = ConfiguredStore.Create(Told.AtOpening, ("reserve.ballast_bytes", bytes));
        Assert.Equal(expected, store.Host.Files.TryGetLength("wal/ballast"));
    }

    [Theory, CombinatorialTold]
    [Configures("compaction.size_bytes")]
    public void Increments_of_so_many_bytes_are_merged(Told told) => AssertMerged(told, TimeProvider.System, CompactionReason.Size, ("compaction.size_bytes", 100));

    [Theory, CombinatorialTold]
    [Configures("compaction.ratio_percent")]
    public void Increments_of_so_large_a_share_are_merged(Told told) => AssertMerged(told, TimeProvider.System, CompactionReason.Ratio, ("compaction.ratio_percent", 10));

    [Theory, CombinatorialTold]
    [Configures("compaction.age_seconds")]
    public void Increments_on_a_checkpoint_so_old_are_merged(Told told)
    {
        HourlyClock clock = new();
        AssertMerged(told, clock, CompactionReason.Age, ("compaction.age_seconds", 3600));
    }

    private static void AssertMerged(Told told, TimeProvider clock, CompactionReason reason, (string, object) limit)
    {
        (string, object)[] increments = [("checkpoint.increment_from_bytes", 0), ("compaction.ratio_percent", 0), ("compression.enabled", false)];
        using ConfiguredStore without = ConfiguredStore.Create(TestStore.HostFor(new SimulatedFileSystem()) with { Clock = clock }, told, increments);
        MakeIncrement(without, clock);
        using ConfiguredStore store = ConfiguredStore.Create(TestStore.HostFor(new SimulatedFileSystem()) with { Clock = clock }, told, [.. increments, limit]);
        MakeIncrement(store, clock);
        Assert.True(SpinWait.SpinUntil(() => store.Store.GetStatus().LastCompaction is not null, TimeSpan.FromMinutes(1)));
        Assert.Equal(reason, store.Store.GetStatus().LastCompaction!.Reason);
        Assert.True(store.Store.GetCheckpoints()[^1].IsFull);
        Assert.Null(without.Store.GetStatus().LastCompaction);
    }

    private static void MakeIncrement(ConfiguredStore store, TimeProvider clock)
    {
        store.Set("a", new string('x', 1000));
        store.Store.TakeCheckpoint();
        store.Set("b", new string('y', 70_000));
        store.Store.TakeCheckpoint();
        (clock as HourlyClock)?.Advance();
        (clock as HourlyClock)?.Advance();
        store.Set("c", "1");
    }

    [Theory, CombinatorialTold]
    [Configures("archive.enabled")]
    public void Log_that_is_no_longer_kept_goes_into_the_archive(Told told)
    {
        Assert.Empty(Archive(told, TimeProvider.System, ("archive.enabled", false)));
        Assert.True(Archive(told, TimeProvider.System, ("archive.enabled", true)).Count > 3);
    }

    [Theory, CombinatorialTold]
    [Configures("archive.retain_files")]
    public void So_many_archived_segments_are_kept(Told told) =>
        Assert.Equal(2, Archive(told, TimeProvider.System, ("archive.enabled", true), ("archive.retain_files", 2)).Count);

    [Theory, CombinatorialTold]
    [Configures("archive.retain_bytes")]
    public void Archived_segments_are_kept_up_to_so_many_bytes(Told told)
    {
        long all = Archive(told, TimeProvider.System, ("archive.enabled", true)).Sum();
        Assert.InRange(Archive(told, TimeProvider.System, ("archive.enabled", true), ("archive.retain_bytes", all / 2)).Sum(), 1, all / 2);
    }

    [Theory, CombinatorialTold]
    [Configures("archive.retain_seconds")]
    public void Archived_segments_are_kept_for_so_long(Told told)
    {
        // An hour goes by with each segment.
        HourlyClock clock = new();
        Assert.InRange(Archive(told, clock, ("archive.enabled", true), ("archive.retain_seconds", 3 * 3600)).Count, 1, 5);
        Assert.True(Archive(told, clock, ("archive.enabled", true)).Count > 5);
    }

    /// <summary>Writes and rotates, a checkpoint each time, and closes.</summary>
    /// <returns>The lengths of the files in the archive.</returns>
    private static List<long> Archive(Told told, TimeProvider clock, params (string Key, object Value)[] settings)
    {
        StoreHost host = TestStore.HostFor(new SimulatedFileSystem()) with { Clock = clock };
        using (ConfiguredStore store = ConfiguredStore.Create(host, told, [("checkpoint.retained", 1), .. settings]))
        {
            for (int i = 0; i < 8; i++)
            {
                (clock as HourlyClock)?.Advance();
                store.Set("a", $"{i}");
                store.Store.RotateLog();
                store.Set("b", $"{i}");
                store.Store.TakeCheckpoint();
            }

            store.Store.Close();
        }

        return [.. host.Files.List("archive").Select(entry => FileLength(host.Files, $"archive/{entry.Name}"))];
    }

    private static long FileLength(IFileSystem files, string path)
    {
        using IFile file = files.Open(path, FileIntent.Read);
        return file.GetLength();
    }

    /// <summary>The calendar goes on by the hour when it is told to; what measures how long something takes, as ever.</summary>
    private sealed class HourlyClock : TimeProvider
    {
        private long _hours;

        public void Advance() => Interlocked.Increment(ref _hours);

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddHours(Interlocked.Read(ref _hours));
    }

    [Theory, CombinatorialTold]
    [Configures("compression.enabled")]
    public void Checkpoints_are_compressed_or_not(Told told)
    {
        using ConfiguredStore without = ConfiguredStore.Create(told, ("compression.enabled", false));
        using ConfiguredStore with = ConfiguredStore.Create(told, ("compression.enabled", true));
        Assert.True(CheckpointBytes(with) * 2 < CheckpointBytes(without));
    }

    [Theory, CombinatorialTold]
    [Configures("compression.level")]
    public void A_higher_level_makes_smaller_checkpoints(Told told)
    {
        using ConfiguredStore fast = ConfiguredStore.Create(told, ("compression.level", 1));
        using ConfiguredStore small = ConfiguredStore.Create(told, ("compression.level", 19));
        Assert.True(CheckpointBytes(small) < CheckpointBytes(fast));
    }

    [Theory]
    [InlineData(0, StoreError.StoreLocked)]
    [InlineData(1, StoreError.LockTimeout)]
    [Configures("lock.timeout_ms")]
    public void Opening_waits_for_the_lock_so_long(int timeoutMs, StoreError error)
    {
        using ConfiguredStore store = ConfiguredStore.Create(Told.AtOpening, ("lock.timeout_ms", timeoutMs));
        AssertRefused(error, () => ConfiguredStore.Open(store.Host));
    }

    [Theory, CombinatorialTold]
    [Configures("lock.circuit_failures")]
    public void The_circuit_opens_after_so_many_waits(Told told)
    {
        StoreHost host = TestStore.HostFor(new SimulatedFileSystem()) with { LockBreaker = new CircuitBreaker(new ManualClock()) };
        using ConfiguredStore store = ConfiguredStore.Create(host, told, ("lock.timeout_ms", 1), ("lock.circuit_failures", 2));
        AssertRefused(StoreError.LockTimeout, () => OpenWaiting(host));
        AssertRefused(StoreError.LockTimeout, () => OpenWaiting(host));
        AssertRefused(StoreError.CircuitOpen, () => OpenWaiting(host));
    }

    [Theory, CombinatorialTold]
    [Configures("lock.circuit_open_ms")]
    public void The_circuit_stays_open_so_long(Told told)
    {
        ManualClock clock = new();
        StoreHost host = TestStore.HostFor(new SimulatedFileSystem()) with { LockBreaker = new CircuitBreaker(clock) };
        using ConfiguredStore store = ConfiguredStore.Create(host, told, ("lock.timeout_ms", 1), ("lock.circuit_failures", 1), ("lock.circuit_open_ms", 500));
        AssertRefused(StoreError.LockTimeout, () => OpenWaiting(host));
        clock.Advance(TimeSpan.FromMilliseconds(499));
        AssertRefused(StoreError.CircuitOpen, () => OpenWaiting(host));
        clock.Advance(TimeSpan.FromMilliseconds(1));
        AssertRefused(StoreError.LockTimeout, () => OpenWaiting(host));
    }

    [Fact]
    [Configures("quarantine.files")]
    public void Quarantine_keeps_so_many_files()
    {
        StoreHost host = TestStore.HostFor(new SimulatedFileSystem());
        ConfiguredStore.Create(host, Told.AtOpening, ("quarantine.files", 3)).Dispose();
        Quarantine(host.Files);
        ConfiguredStore.Open(host).Dispose();
        Assert.Equal(3, host.Files.List("quarantine").Count);
    }

    [Fact]
    [Configures("quarantine.bytes")]
    public void Quarantine_keeps_so_many_bytes()
    {
        StoreHost host = TestStore.HostFor(new SimulatedFileSystem());
        ConfiguredStore.Create(host, Told.AtOpening, ("quarantine.bytes", 25)).Dispose();
        Quarantine(host.Files);
        ConfiguredStore.Open(host).Dispose();
        Assert.Equal(2, host.Files.List("quarantine").Count);
    }

    [Theory, CombinatorialTold]
    [Configures("transactions.audit")]
    public void A_rollback_is_noted(Told told)
    {
        using ConfiguredStore store = ConfiguredStore.Create(told, ("transactions.audit", true));
        using Transaction transaction = store.Store.BeginTransaction();
        store.KeyValue.In(transaction).Set("a", TestStore.Encode("1"));
        transaction.Rollback();
        Assert.Single(store.Store.ReadLog(), entry => entry.Type == RecordType.RolledBackTransaction);
    }

    private static StoreHost Watched(ManualClock clock) => TestStore.DeterministicHostFor(new SimulatedFileSystem(), clock: clock) with { Scheduler = new WatchedScheduler() };

    private static void Await(Func<bool> condition) => Assert.True(SpinWait.SpinUntil(condition, BackgroundCall.Patience), "It does not happen.");

    private static ConfiguredStore OpenWaiting(StoreHost host) => ConfiguredStore.Open(host with { StopWaiting = CancellationToken.None });

    private static void AssertRefused(StoreError error, Func<ConfiguredStore> open) => Assert.Equal(error, Assert.ThrowsAny<StoreException>(open).Error);

    private static long FramesOfLargeCommit(ConfiguredStore store)
    {
        long before = store.Store.GetStatus().Log.Frames;
        KeyValueBatch batch = new();
        for (int i = 0; i < 10; i++)
            batch.Set($"k{i}", TestStore.Encode(new string('x', 1000)));
        store.KeyValue.Commit(batch);
        return store.Store.GetStatus().Log.Frames - before;
    }

    private static int SegmentsAfterRetiring(ConfiguredStore store)
    {
        for (int i = 0; i < 8; i++)
        {
            store.Set("a", $"{i}");
            store.Store.RotateLog();
        }

        store.Store.TakeCheckpoint();
        store.Store.TakeCheckpoint();
        store.Store.TakeCheckpoint();
        return store.Segments().Length;
    }

    private static Lsn ProvenTo(ConfiguredStore store)
    {
        using TestStore reader = TestStore.OpenReadOnly(store.Host.Files);
        return reader.Store.RecoveryReport.ProvenLsn;
    }

    private static long CheckpointBytes(ConfiguredStore store)
    {
        Random random = new(7);
        for (int i = 0; i < 60; i++)
            store.Set($"key-{i}", string.Join(' ', Enumerable.Range(0, 400).Select(_ => $"word{random.Next(500)}")));
        return store.Store.TakeCheckpoint().FileBytes;
    }

    private static void Quarantine(IFileSystem files)
    {
        for (int i = 1; i <= 5; i++)
            files.CreateText($"quarantine/{i:D10}-x", "0123456789").Dispose();
    }

    [Theory, CombinatorialTold]
    [Configures("terminals.scrollback_lines")]
    public void Of_each_pane_so_many_lines_are_kept(Told told)
    {
        using ConfiguredPanes panes = ConfiguredPanes.Create(told, ("terminals.scrollback_lines", 10));
        panes.Run("seq 1 50000");
        Assert.Equal("49991", panes.Lines()[0]);
        Assert.True(panes.Output.KeptLineFeeds < 20_000);
    }

    [Theory, CombinatorialTold]
    [Configures("terminals.scrollback_bytes")]
    public void Of_each_pane_so_many_bytes_are_kept(Told told)
    {
        using ConfiguredPanes panes = ConfiguredPanes.Create(told, ("terminals.scrollback_bytes", 100_000), ("terminals.scrollback_lines", 0));
        panes.Run("seq 1 100000");
        Assert.Equal(100_000, panes.Output.ReadAll().Length);
        Assert.True(panes.Output.KeptBytes < 100_000 + (64 << 10));
    }

    [Theory, CombinatorialTold]
    [Configures("terminals.output_batch_bytes")]
    public void Output_is_logged_once_there_is_so_much_of_it(Told told)
    {
        using ConfiguredPanes panes = ConfiguredPanes.Create(told, ("terminals.output_batch_bytes", 2000), ("terminals.output_batch_ms", 10_000));
        panes.Start("stty -opost; head -c 1999 /dev/zero; read a; head -c 1 /dev/zero; read b; echo end");
        // It would wait for ten seconds otherwise: the byte that makes it enough is what has it logged.
        Assert.False(panes.Host.WaitForOutput(panes.Pane, 0, TimeSpan.FromMilliseconds(200)));
        panes.Type("x");
        Assert.True(panes.Host.WaitForOutput(panes.Pane, 0, TimeSpan.FromSeconds(5)));
    }

    [Theory, CombinatorialTold]
    [Configures("terminals.output_batch_ms")]
    public void Output_is_logged_once_it_is_so_old(Told told)
    {
        using ConfiguredPanes panes = ConfiguredPanes.Create(told, ("terminals.output_batch_ms", 300));
        System.Diagnostics.Stopwatch waited = System.Diagnostics.Stopwatch.StartNew();
        panes.Start("echo now; exec cat");
        Assert.True(panes.Host.WaitForOutput(panes.Pane, 0, Terminals.HostedStore.Patience));
        Assert.True(waited.ElapsedMilliseconds >= 300);
    }

    [Theory, CombinatorialTold]
    [Configures("terminals.directory_interval_ms")]
    public void Where_programs_are_is_looked_at_so_often_or_never(Told told)
    {
        using ConfiguredPanes panes = ConfiguredPanes.Create(told, ("terminals.directory_interval_ms", 0));
        panes.Start("cd /usr; echo there; read a; echo more; exec cat");
        panes.Await("there");
        panes.Host.Flush();
        Assert.Null(panes.Terminals.Tree.Panes[panes.Pane].WorkingDirectory);
        panes.Configure(("terminals.directory_interval_ms", 20));
        panes.Type("x");
        Terminals.HostedStore.Await(() => panes.Terminals.Tree.Panes[panes.Pane].WorkingDirectory == "/usr", () => "the directory");
    }

    [Theory, CombinatorialTold]
    [Configures("terminals.secret_patterns")]
    public void Values_of_variables_with_such_names_are_not_kept(Told told)
    {
        using ConfiguredPanes panes = ConfiguredPanes.Create(told, ("terminals.secret_patterns", new[] { "*COLOUR*" }));
        SecretVariables separated = panes.Host.Separate(new Dictionary<string, string?> { ["MY_COLOUR"] = "red", ["PASSWORD"] = "x" });
        Assert.Equal([("MY_COLOUR", null), ("PASSWORD", "x")], separated.Kept.Select(static entry => (entry.Name, entry.Value)));
        Assert.Equal("red", Assert.Single(separated.Secrets).Value);
    }
}
