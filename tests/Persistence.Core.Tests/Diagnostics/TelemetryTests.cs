using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using Persistence.Configuration;
using Persistence.Diagnostics;
using Persistence.Engine;
using Persistence.KeyValue;
using Persistence.State;
using Persistence.Storage;
using Persistence.Storage.Simulated;
using Persistence.Tests.Engine;
using Persistence.Transactions;
using Persistence.Wal;
using Xunit;

namespace Persistence.Tests.Diagnostics;

public sealed class TelemetryTests : IDisposable
{
    private readonly StoreTelemetry _telemetry = new();
    private readonly ManualClock _clock = new();

    public void Dispose() => _telemetry.Dispose();

    [Fact]
    public void A_known_sequence_of_operations_is_counted_exactly()
    {
        using TelemetryProbe probe = new(_telemetry);
        SimulatedFileSystem files = new();
        using (TestStore store = TestStore.Create(HostFor(files)))
        {
            for (int i = 0; i < 3; i++)
                store.Set($"k{i}", "v");
            KeyValueBatch batch = new();
            for (int i = 0; i < 4; i++)
                batch.Set($"b{i}", TestStore.Encode("v"));
            store.KeyValue.Commit(batch);
            Assert.Equal([1, 1, 1, 1], probe.Values("persistence.wal.commits"));
            Assert.Equal([1, 1, 1, 4], probe.Values("persistence.wal.records"));
            Assert.Equal([1, 1, 1, 4], probe.Values("persistence.wal.frame.records"));
            Assert.Equal([512, 512, 512, 512], probe.Values("persistence.wal.frame.size"));
            Assert.Equal(4, probe.Sum("persistence.wal.flushes"));
            Assert.Equal(4, probe.Values("persistence.wal.flush.duration").Length);
            Assert.Equal(4, probe.Values("persistence.wal.commit.duration").Length);
            Assert.Empty(probe.Of("persistence.checkpoint.duration"));

            // A checkpoint and the note of it.
            CheckpointSizeIs(probe, store.Store.TakeCheckpoint("first").FileBytes);
            Assert.Equal(5, probe.Sum("persistence.wal.commits"));
            store.Store.Close();
            AgreeWith(store.Store.GetStatus().Log, probe);
        }

        Assert.Empty(probe.Of("persistence.errors"));
        Assert.Equal([0], probe.Values("persistence.recovery.records"));
        Assert.Equal([true], probe.Of("persistence.recovery.duration").Select(measured => measured.Tags["persistence.recovery.clean"]));
        Assert.Equal([0], probe.Values("persistence.lock.wait.duration"));
        Assert.All(probe.All, measured => Assert.Equal("sync", measured.Tags["persistence.durability"]));
    }

    [Theory]
    [InlineData(DurabilityMode.Sync)]
    [InlineData(DurabilityMode.Batch)]
    [InlineData(DurabilityMode.None)]
    public async Task Counters_say_what_the_log_says_whatever_the_mode(DurabilityMode mode)
    {
        using TelemetryProbe probe = new(_telemetry);
        using TestStore store = TestStore.Create(HostFor(new SimulatedFileSystem()), TestStore.SmallOptions with { Durability = mode });
        for (int i = 0; i < 300; i++)
            store.Set($"k{i % 10}", new string('v', 600));
        Task<CommitResult>[] asynchronous = [.. Enumerable.Range(0, 50).Select(i => SetAsync(store, $"a{i}"))];
        store.Store.Flush();
        await Task.WhenAll(asynchronous);
        store.Store.TakeCheckpoint();
        store.Store.Close();
        LogStatistics log = store.Store.GetStatus().Log;
        Assert.Equal(351, log.Commits);
        Assert.True(log.Rolls >= 2, "the log is to begin segments");
        AgreeWith(log, probe);
        Assert.Equal(351, probe.Values("persistence.wal.commit.duration").Length);
        Assert.All(probe.All, measured => Assert.Equal(mode.ToString().ToLowerInvariant(), measured.Tags["persistence.durability"]));
    }

    [Fact]
    public void Times_are_those_of_the_store_s_clock()
    {
        using TelemetryProbe probe = new(_telemetry);
        SimulatedFileSystem disk = new();
        FaultInjectingFileSystem files = new(disk, (in StorageOperation operation) =>
        {
            if (operation.Kind == StorageOperationKind.SyncData && operation.Path.StartsWith("wal/0", StringComparison.Ordinal))
                _clock.Advance(TimeSpan.FromMilliseconds(5));
            if (operation.Kind == StorageOperationKind.Rename && operation.Path.StartsWith("staging/", StringComparison.Ordinal) && operation.Path.EndsWith(".full", StringComparison.Ordinal))
                _clock.Advance(TimeSpan.FromMilliseconds(70));
            return null;
        });
        using TestStore store = TestStore.Create(HostFor(files));
        store.Set("k", "v");
        Assert.Equal([0.005], probe.Values("persistence.wal.flush.duration"));
        Assert.Equal([0.005], probe.Values("persistence.wal.commit.duration"));
        store.Store.TakeCheckpoint();
        Assert.Equal([0.07], probe.Values("persistence.checkpoint.duration"));
        StoreTimings timings = store.Store.GetStatus().Timings!;
        Assert.Equal(new Distribution(2, 5, 5, 5, 5), timings.FlushMs);
        Assert.Equal((1, TimeSpan.FromMilliseconds(70)), (timings.CheckpointsTaken, timings.LastCheckpointDuration));
        Activity checkpoint = probe.Activities.Single(activity => activity.OperationName == "persistence.checkpoint");
        Assert.Equal(ManualClock.Start.AddMilliseconds(5).UtcDateTime, checkpoint.StartTimeUtc);
        Assert.Equal(TimeSpan.FromMilliseconds(75), checkpoint.Duration);
    }

    [Fact]
    public void Stores_that_share_a_telemetry_are_told_apart_and_counted_while_they_are_open()
    {
        using TelemetryProbe probe = new(_telemetry);
        SimulatedFileSystem second = new();
        using TestStore one = TestStore.Create(HostFor(new SimulatedFileSystem()));
        using TestStore two = TestStore.Create(HostFor(second, "orders"));
        one.Set("a", "1");
        two.Set("a", "1");
        two.Set("b", "1");
        Assert.Equal([one.Store.StoreId.ToString(), "orders", "orders"], probe.Of("persistence.wal.commits").Select(measured => measured.Tags["persistence.store"]));
        using PersistenceStore reader = PersistenceStore.OpenReadOnly(HostFor(second, "orders"), [new KeyValueState()]);
        Assert.Equal(3, Assert.Single(probe.Observe("persistence.stores.open")).Value);
        Assert.Equal(
            [(one.Store.StoreId.ToString(), 512.0), ("orders", 1024.0)],
            probe.Observe("persistence.wal.replay_bytes").Select(measured => ((string)measured.Tags["persistence.store"]!, measured.Value)));
        reader.Close();
        one.Store.Close();
        one.Store.Close();
        Assert.Equal(1, Assert.Single(probe.Observe("persistence.stores.open")).Value);
        Assert.Equal("orders", Assert.Single(probe.Observe("persistence.wal.replay_bytes")).Tags["persistence.store"]);
    }

    [Fact]
    public void A_recovery_says_that_there_was_no_clean_end_and_what_was_replayed()
    {
        SimulatedFileSystem files = new();
        using TestStore killed = TestStore.Create(files);
        killed.Set("a", "1");
        killed.Set("b", "2");
        using TelemetryProbe probe = new(_telemetry);
        using TestStore recovered = TestStore.Open(HostFor(files.CrashImage(CrashImageKind.KeepEverything)));
        Assert.Equal([2], probe.Values("persistence.recovery.records"));
        TelemetryProbe.Measured recovery = Assert.Single(probe.Of("persistence.recovery.duration"));
        Assert.Equal((false, "write"), (recovery.Tags["persistence.recovery.clean"], recovery.Tags["persistence.access"]));
        Activity open = Assert.Single(probe.Activities);
        Assert.Equal(
            ("persistence.open", ActivityStatusCode.Unset, recovered.Store.StoreId.ToString(), false, 2L),
            (open.OperationName, open.Status, open.GetTagItem("persistence.store"), open.GetTagItem("persistence.recovery.clean"), open.GetTagItem("persistence.recovery.records")));
    }

    [Fact]
    public void Operations_are_traced_under_the_activity_of_their_caller()
    {
        using TelemetryProbe probe = new(_telemetry);
        using Activity caller = new Activity("caller").Start();
        using (TestStore store = TestStore.Create(HostFor(new SimulatedFileSystem())))
        {
            store.Set("a", "1");
            store.Store.TakeCheckpoint();
        }

        Assert.Equal(["persistence.open", "persistence.checkpoint", "persistence.close"], probe.Activities.Select(activity => activity.OperationName));
        Assert.All(probe.Activities, activity => Assert.Equal((caller.SpanId, "sync"), (activity.ParentSpanId, activity.GetTagItem("persistence.durability"))));
        Assert.Equal(1L, probe.Activities.ElementAt(1).GetTagItem("persistence.checkpoint.id"));
        Assert.Same(caller, Activity.Current);
    }

    [Fact]
    public async Task Failures_are_counted_by_operation_and_kind()
    {
        using TelemetryProbe probe = new(_telemetry);
        SimulatedFileSystem disk = new();
        bool isBroken = false;
        FaultInjectingFileSystem files = new(disk, (in StorageOperation operation) => isBroken && operation.Kind == StorageOperationKind.SyncData && operation.Path.StartsWith("wal/", StringComparison.Ordinal)
            ? new InjectedFault(StorageFault.Failed)
            : null);
        Assert.Throws<StoreException>(() => TestStore.Open(HostFor(disk)));
        using TestStore store = TestStore.Create(HostFor(files));
        Assert.ThrowsAny<StoreException>(() => TestStore.Open(HostFor(disk)));
        CommandBatch unknown = new();
        unknown.Begin().Write(0xC0);
        unknown.End(new RecordType(StateModelId.KeyValue, 200), version: 1);
        Assert.Throws<StoreException>(() => store.Store.Commit(unknown));
        Assert.Equal(0, Assert.Single(probe.Observe("persistence.stores.faulted")).Value);
        isBroken = true;
        Assert.Throws<StoreException>(() => store.Set("a", "1"));
        await Assert.ThrowsAsync<StoreException>(() => SetAsync(store, "b"));
        Assert.Equal(1, Assert.Single(probe.Observe("persistence.stores.faulted")).Value);
        Assert.Throws<StoreException>(store.Store.Flush);
        Assert.Throws<StoreException>(() => store.Store.TakeCheckpoint());
        Assert.Throws<StoreException>(store.Store.Close);
        Assert.Equal(
            [
                "open StoreNotFound ", "open StoreLocked ", "commit UnsupportedFormatVersion ", "commit StoreFaulted StorageFailed", "commit StoreFaulted StorageFailed",
                "flush StoreFaulted StorageFailed", "checkpoint StoreFaulted StorageFailed", "close StoreFaulted StorageFailed",
            ],
            probe.Of("persistence.errors").Select(error => $"{error.Tags["persistence.operation"]} {error.Tags["error.type"]} {error.Tags.GetValueOrDefault("persistence.error.cause")}"));
        Assert.All(probe.Activities.Where(activity => activity.Status == ActivityStatusCode.Error), activity => Assert.NotNull(activity.GetTagItem("error.type")));
        Assert.Equal(4, probe.Activities.Count(activity => activity.Status == ActivityStatusCode.Error));
        Assert.All(probe.Activities, activity => Assert.Null(activity.StatusDescription));
    }

    [Fact]
    public void An_opening_that_somebody_called_off_is_no_error()
    {
        using TelemetryProbe probe = new(_telemetry);
        SimulatedFileSystem disk = new();
        TestStore.Create(disk).Dispose();
        Assert.Throws<OperationCanceledException>(() => PersistenceStore.Open(HostFor(disk), TestStore.SmallOptions, [new KeyValueState()], progress: _ => throw new OperationCanceledException()));
        Assert.Empty(probe.Of("persistence.errors"));
        Assert.Equal(ActivityStatusCode.Unset, Assert.Single(probe.Activities).Status);
    }

    [Fact]
    public async Task Asynchronous_commits_that_fail_after_their_call_returned_are_counted_each()
    {
        using OperationBlocker disk = new();
        using TelemetryProbe probe = new(_telemetry);
        TestStore store = disk.Own(TestStore.Create(HostFor(disk.Files)));
        OperationStop sync = disk.StopNext(operation => operation.Kind == StorageOperationKind.SyncData && operation.Path.StartsWith("wal/", StringComparison.Ordinal), new InjectedFault(StorageFault.Failed));
        Task<CommitResult> first = SetAsync(store, "a");
        sync.WaitUntilReached();
        Task<CommitResult>[] others = [SetAsync(store, "b"), SetAsync(store, "c")];
        sync.Release();
        foreach (Task<CommitResult> failed in (Task<CommitResult>[])[first, .. others])
            Assert.Equal(StoreError.StoreFaulted, (await Assert.ThrowsAsync<StoreException>(() => failed)).Error);
        Assert.Throws<StoreException>(store.Store.Close);
        Assert.Equal(3, probe.Of("persistence.errors").Where(error => error.Tags["persistence.operation"] is "commit").Sum(error => error.Value));
        Assert.Empty(probe.Of("persistence.wal.commits"));
    }

    [Fact]
    public void No_tag_tells_a_payload_a_key_a_type_a_label_or_a_path()
    {
        const string secret = "s3cr3t";
        using TelemetryProbe probe = new(_telemetry);
        using TestDirectory directory = new();
        string path = Path.Combine(directory.Path, $"store-{secret}");
        StoreHost host = StoreHost.ForNewDirectory(path) with { Telemetry = _telemetry };
        PersistenceStore.Create(host, TestStore.SmallOptions);
        KeyValueState state = new();
        using (PersistenceStore store = PersistenceStore.Open(host, TestStore.SmallOptions, [state]))
        {
            state.Set($"key-{secret}", TestStore.Encode($"value {secret}"));
            store.AppendRecord($"type-{secret}", TestStore.Encode($"value {secret}"));
            store.TakeCheckpoint($"label {secret}");
            using (Transaction transaction = store.BeginTransaction())
            {
                Assert.Null(state.In(transaction).Find($"other-{secret}"));
                transaction.AppendRecord($"type-{secret}", TestStore.Encode($"value {secret}"));
                state.Set($"other-{secret}", TestStore.Encode(secret));
                Assert.Throws<TransactionConflictException>(() => transaction.Commit());
            }

            using (Transaction transaction = store.BeginTransaction())
            {
                transaction.AddValidator($"validator {secret}", () => throw new InvalidOperationException(secret));
                Assert.Throws<StoreException>(() => transaction.Commit());
            }

            Assert.ThrowsAny<Exception>(() => state.Set($"key-{secret}", [0xC1]));
            Assert.ThrowsAny<StoreException>(() => PersistenceStore.Open(host, new StoreOptions(), [new KeyValueState()]));
            File.AppendAllText(Path.Combine(path, "checkpoints", $"other-{secret}"), secret);
            probe.Observe("");
        }

        (host.Files as IDisposable)?.Dispose();
        Assert.ThrowsAny<StoreException>(() => PersistenceStore.Open(StoreHost.ForDirectory(directory.Path) with { Telemetry = _telemetry }, new StoreOptions(), [state]));
        Assert.NotEmpty(probe.Of("persistence.errors"));
        Assert.NotEmpty(probe.Activities);
        IEnumerable<string> told = probe.All.SelectMany(measured => measured.Tags).Concat(probe.Activities.SelectMany(activity => activity.TagObjects))
            .SelectMany(tag => new[] { tag.Key, Convert.ToString(tag.Value, CultureInfo.InvariantCulture)! })
            .Concat(probe.Activities.SelectMany(activity => new[] { activity.DisplayName, activity.StatusDescription ?? "" }));
        Assert.All(told, text =>
        {
            Assert.DoesNotContain(secret, text, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("/", text, StringComparison.Ordinal);
        });
        Assert.Empty(probe.Activities.SelectMany(activity => activity.Events));
    }

    [Fact]
    public void After_it_is_disposed_nothing_is_measured_and_stores_go_on()
    {
        using TelemetryProbe probe = new(_telemetry);
        using TestStore store = TestStore.Create(HostFor(new SimulatedFileSystem()));
        store.Set("a", "1");
        int measured = probe.All.Count;
        int activities = probe.Activities.Count;
        Assert.NotEqual(0, measured);
        _telemetry.Dispose();
        store.Set("b", "2");
        store.Store.TakeCheckpoint();
        store.Store.Close();
        Assert.Empty(probe.Observe("persistence.stores.open"));
        Assert.Equal((measured, activities), (probe.All.Count, probe.Activities.Count));
        Assert.Equal("a=1;b=2;", store.Dump());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_listens_harms_no_store_even_if_it_throws(bool whenActivitiesStart)
    {
        using TelemetryProbe probe = new(_telemetry) { OnMeasured = _ => throw new InvalidOperationException("a listener's mistake") };
        if (whenActivitiesStart)
            probe.OnActivityStarted = _ => throw new InvalidOperationException("a listener's mistake");
        else
            probe.OnActivityStopped = _ => throw new InvalidOperationException("a listener's mistake");
        SimulatedFileSystem files = new();
        using (TestStore store = TestStore.Create(HostFor(files)))
        {
            store.Set("a", "1");
            CommitResult late = await SetAsync(store, "b");
            Assert.Equal(late.First, store.KeyValue.Find("b")!.Lsn);
            store.Store.TakeCheckpoint();
            Assert.ThrowsAny<StoreException>(() => TestStore.Open(HostFor(files)));
            Assert.Null(store.Store.GetStatus().Fault);
            store.Store.Close();
        }

        using TestStore again = TestStore.Open(HostFor(files));
        Assert.True(again.Store.RecoveryReport.WasClean);
        Assert.Null(Activity.Current);
    }

    [Fact]
    public void What_listens_may_use_the_store()
    {
        using TelemetryProbe probe = new(_telemetry);
        using TestStore store = TestStore.Create(HostFor(new SimulatedFileSystem()), TestStore.SmallOptions with { Durability = DurabilityMode.None });
        HashSet<string> calls = [];
        probe.OnMeasured = name =>
        {
            if (!calls.Add(name))
                return;
            store.Store.GetStatus();
            store.Set("from a listener", name);
            store.Store.Flush();
        };
        store.Set("a", "1");
        store.Store.Flush();
        store.Store.TakeCheckpoint();
        string[] expected = ["persistence.wal.commits", "persistence.wal.flushes", "persistence.wal.frame.size", "persistence.checkpoint.size"];
        Assert.All(expected, name => Assert.Contains(name, calls));
        Assert.NotNull(store.Get("from a listener"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_commit_allocates_nothing_whether_or_not_somebody_listens(bool isListening)
    {
        using System.Diagnostics.Metrics.MeterListener listener = new();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (isListening && ReferenceEquals(instrument.Meter, _telemetry.Meter))
                self.EnableMeasurementEvents(instrument);
        };
        long measured = 0;
        listener.SetMeasurementEventCallback<long>((_, _, _, _) => measured++);
        listener.SetMeasurementEventCallback<double>((_, _, _, _) => measured++);
        listener.Start();
        using TestDirectory directory = new();
        StoreHost host = StoreHost.ForNewDirectory(directory.Path) with { Telemetry = _telemetry };
        StoreOptions options = new() { SpareSegments = 0, MarkerDelayMs = 0, CheckpointLogBytes = 0, CheckpointCloseBytes = long.MaxValue };
        PersistenceStore.Create(host, options);
        using PersistenceStore store = PersistenceStore.Open(host, options, []);
        byte[] value = TestStore.Encode("some value");
        for (int i = 0; i < 50; i++)
            store.AppendRecord("type", value);
        Assert.Equal(0, Allocations.LeastOf(() =>
        {
            for (int i = 0; i < 20; i++)
                store.AppendRecord("type", value);
        }));
        Assert.Equal(isListening, measured > 0);
    }

    [Fact]
    public void A_store_that_is_forgotten_is_not_kept_by_the_gauges()
    {
        using TelemetryProbe probe = new(_telemetry);
        OpenAndForget();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        Assert.Equal(0, Assert.Single(probe.Observe("persistence.stores.open")).Value);
    }

    [Fact]
    public void Every_name_of_the_documentation_is_there_with_its_unit_and_the_other_way_round()
    {
        string documentation = File.ReadAllText(Path.Combine(LayeringTests.FindRepository(), "docs", "telemetry.md"));
        string[] documented = [.. documentation.Split('\n').Where(line => line.StartsWith("| `persistence.", StringComparison.Ordinal) && line.Count(character => character == '|') == 5)
            .Select(line => line.Split('|')).Select(cells => $"{cells[1].Trim().Trim('`')} {cells[2].Trim()} {cells[3].Trim().Trim('`')}")];
        List<string> actual = [];
        using System.Diagnostics.Metrics.MeterListener listener = new();
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (ReferenceEquals(instrument.Meter, _telemetry.Meter))
                actual.Add($"{instrument.Name} {KindOf(instrument)} {instrument.Unit}");
        };
        listener.Start();
        Assert.Equal(actual.Order(StringComparer.Ordinal), documented.Order(StringComparer.Ordinal));
    }

    private static string KindOf(System.Diagnostics.Metrics.Instrument instrument)
    {
        string name = instrument.GetType().Name;
        return name[..name.IndexOf('`', StringComparison.Ordinal)] switch { "Counter" => "counter", "Histogram" => "histogram", "ObservableGauge" => "gauge", _ => name };
    }

    private static void CheckpointSizeIs(TelemetryProbe probe, long bytes)
    {
        Assert.Equal([bytes], probe.Values("persistence.checkpoint.size"));
        Assert.Equal([0], probe.Values("persistence.checkpoint.duration"));
    }

    private static void AgreeWith(LogStatistics log, TelemetryProbe probe)
    {
        Assert.Equal(log.Commits, probe.Sum("persistence.wal.commits"));
        Assert.Equal(log.Records, probe.Sum("persistence.wal.records"));
        Assert.Equal(log.Records, probe.Sum("persistence.wal.frame.records"));
        Assert.Equal(log.Frames, probe.Sum("persistence.wal.frames"));
        Assert.Equal(log.Flushes, probe.Sum("persistence.wal.flushes"));
        Assert.Equal(log.BytesWritten, probe.Sum("persistence.wal.written_bytes"));
        Assert.Equal(log.Rolls, probe.Sum("persistence.wal.segments"));
    }

    private static Task<CommitResult> SetAsync(TestStore store, string key)
    {
        KeyValueBatch batch = new();
        batch.Set(key, TestStore.Encode("v"));
        return store.KeyValue.CommitAsync(batch).AsTask();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void OpenAndForget() => TestStore.Create(HostFor(new SimulatedFileSystem())).Set("a", "1");

    private StoreHost HostFor(IFileSystem files, string? name = null) =>
        TestStore.DeterministicHostFor(files, clock: _clock) with { Telemetry = _telemetry, Name = name };
}
