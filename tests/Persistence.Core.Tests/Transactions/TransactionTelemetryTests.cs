using System.Diagnostics;
using System.Diagnostics.Metrics;
using Persistence.Configuration;
using Persistence.Diagnostics;
using Persistence.Engine;
using Persistence.Files;
using Persistence.KeyValue;
using Persistence.Storage;
using Persistence.Storage.Simulated;
using Persistence.Tests.Diagnostics;
using Persistence.Tests.Engine;
using Persistence.Transactions;
using Xunit;

namespace Persistence.Tests.Transactions;

public sealed class TransactionTelemetryTests : IDisposable
{
    private const string Counter = "persistence.transactions";
    private const string Duration = "persistence.transaction.duration";
    private const string Conflicts = "persistence.transaction.conflicts";

    private readonly StoreTelemetry _telemetry = new();
    private readonly ManualClock _clock = new();

    public void Dispose() => _telemetry.Dispose();

    [Fact]
    public void One_that_is_committed_is_counted_timed_and_traced_with_its_changes()
    {
        using TelemetryProbe probe = new(_telemetry);
        using TestStore store = TestStore.Create(HostFor(new SimulatedFileSystem()));
        using Transaction transaction = store.Store.BeginTransaction();
        Set(store, transaction, "a");
        _clock.Advance(TimeSpan.FromSeconds(2));
        Set(store, transaction, "b");
        Assert.Empty(probe.Of(Counter));
        transaction.Commit();
        transaction.Dispose();
        TelemetryProbe.Measured counted = Assert.Single(probe.Of(Counter));
        Assert.Equal((1, "committed", "orders", "sync"), (counted.Value, counted.Tags["persistence.transaction.outcome"], counted.Tags["persistence.store"], counted.Tags["persistence.durability"]));
        TelemetryProbe.Measured timed = Assert.Single(probe.Of(Duration));
        Assert.Equal((2, "committed"), (timed.Value, timed.Tags["persistence.transaction.outcome"]));
        Activity traced = Assert.Single(Traced(probe));
        Assert.Equal((ActivityStatusCode.Unset, ManualClock.Start.UtcDateTime, TimeSpan.FromSeconds(2)), (traced.Status, traced.StartTimeUtc, traced.Duration));
        Assert.Equal(
            ["persistence.durability=sync", "persistence.store=orders", "persistence.transaction.changes=2", "persistence.transaction.outcome=committed", "persistence.transaction.several_frames=False"],
            traced.TagObjects.Select(tag => $"{tag.Key}={tag.Value}").Order(StringComparer.Ordinal));
        Assert.Empty(probe.Of("persistence.errors"));
        StoreTimings timings = store.Store.GetStatus().Timings!;
        Assert.Equal((1, 0, 0, 0), (timings.TransactionsCommitted, timings.TransactionsRolledBack, timings.TransactionsAborted, timings.TransactionConflicts));
        Assert.Equal(new Distribution(1, 2000, 2000, 2000, 2000), timings.TransactionMs);
    }

    [Fact]
    public async Task One_that_is_committed_without_waiting_is_told_when_it_is_durable()
    {
        using TelemetryProbe probe = new(_telemetry);
        using TestStore store = TestStore.Create(HostFor(new SimulatedFileSystem()));
        using Transaction transaction = store.Store.BeginTransaction();
        Set(store, transaction, "a");
        await transaction.CommitAsync();
        Assert.Equal("committed 1", Describe(Assert.Single(Traced(probe))));
        Assert.Equal(1, probe.Sum(Counter));
    }

    [Fact]
    public void One_that_changes_nothing_is_committed_all_the_same()
    {
        using TelemetryProbe probe = new(_telemetry);
        using TestStore store = TestStore.Create(HostFor(new SimulatedFileSystem()));
        using Transaction transaction = store.Store.BeginTransaction();
        transaction.Commit();
        Assert.Equal("committed 0", Describe(Assert.Single(Traced(probe))));
        Assert.Equal(1, probe.Sum(Counter));
    }

    [Fact]
    public void One_that_is_not_wanted_any_more_is_rolled_back_however_it_is_left_and_is_no_error()
    {
        using TelemetryProbe probe = new(_telemetry);
        using TestStore store = TestStore.Create(HostFor(new SimulatedFileSystem()));
        using (Transaction transaction = store.Store.BeginTransaction())
        {
            Set(store, transaction, "a");
            transaction.Rollback();
        }

        using (Transaction transaction = store.Store.BeginTransaction())
            Set(store, transaction, "a");
        Assert.Equal(["rolled_back 1", "rolled_back 1"], Traced(probe).Select(Describe));
        Assert.Equal(["rolled_back", "rolled_back"], Outcomes(probe, Counter));
        Assert.Equal(["rolled_back", "rolled_back"], Outcomes(probe, Duration));
        Assert.Empty(probe.Of("persistence.errors"));
        Assert.Equal(2, store.Store.GetStatus().Timings!.TransactionsRolledBack);
    }

    [Fact]
    public void One_with_a_conflict_is_aborted_and_the_conflict_counted()
    {
        using TelemetryProbe probe = new(_telemetry);
        using TestStore store = TestStore.Create(HostFor(new SimulatedFileSystem()));
        using Transaction transaction = store.Store.BeginTransaction();
        Assert.Null(store.KeyValue.In(transaction).Find("a"));
        Set(store, transaction, "b");
        store.Set("a", "by another");
        Assert.Throws<TransactionConflictException>(() => transaction.Commit());
        Assert.Equal("aborted 1 TransactionAborted", Describe(Assert.Single(Traced(probe))));
        Assert.Equal(["aborted"], Outcomes(probe, Counter));
        TelemetryProbe.Measured conflict = Assert.Single(probe.Of(Conflicts));
        Assert.Equal((1, "orders"), (conflict.Value, conflict.Tags["persistence.store"]));
        Assert.Equal(["commit TransactionAborted"], Errors(probe));
        StoreTimings timings = store.Store.GetStatus().Timings!;
        Assert.Equal((1, 1), (timings.TransactionsAborted, timings.TransactionConflicts));
    }

    [Fact]
    public void One_whose_validator_is_not_met_and_one_whose_time_is_over_are_aborted_without_a_conflict()
    {
        using TelemetryProbe probe = new(_telemetry);
        using TestStore store = TestStore.Create(HostFor(new SimulatedFileSystem()));
        using Transaction invalid = store.Store.BeginTransaction();
        Set(store, invalid, "a");
        invalid.AddValidator("never", () => false);
        Assert.Throws<StoreException>(() => invalid.Commit());
        using Transaction late = store.Store.BeginTransaction(new TransactionOptions { Timeout = TimeSpan.FromSeconds(1) });
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Throws<StoreException>(() => late.Commit());
        Assert.Throws<StoreException>(() => late.Commit());
        Assert.Equal(["aborted 1 ValidationFailed", "aborted 0 TransactionAborted"], Traced(probe).Select(Describe));
        Assert.Equal(["aborted", "aborted"], Outcomes(probe, Counter));
        Assert.Empty(probe.Of(Conflicts));
        Assert.Equal(["transaction ValidationFailed", "transaction TransactionAborted"], Errors(probe));
    }

    [Fact]
    public void One_whose_files_cannot_be_synced_is_aborted_with_that_error_even_if_that_cannot_be_noted_in_the_log()
    {
        using TelemetryProbe probe = new(_telemetry);
        bool isBroken = false;
        FaultInjectingFileSystem files = new(new SimulatedFileSystem(), (in StorageOperation operation) =>
            isBroken && operation.Kind is StorageOperationKind.Sync or StorageOperationKind.SyncData ? new InjectedFault(StorageFault.Failed) : null);
        StoreOptions options = TestStore.SmallOptions with { AuditTransactions = true };
        FileState state = new();
        PersistenceStore.Create(HostFor(files), options);
        using PersistenceStore store = PersistenceStore.Open(HostFor(files), options, [new KeyValueState(), state]);
        using Transaction transaction = store.BeginTransaction();
        state.In(transaction).Write("a", [1]);
        isBroken = true;
        Assert.Equal(StoreError.StorageFailed, Assert.ThrowsAny<StoreException>(() => transaction.Commit()).Error);
        Assert.Equal("aborted 1 StorageFailed", Describe(Assert.Single(Traced(probe))));
        Assert.Equal("transaction StorageFailed", Errors(probe)[0]);
    }

    [Fact]
    public void One_in_whose_commit_the_store_fails_has_an_outcome_that_is_unknown()
    {
        using TelemetryProbe probe = new(_telemetry);
        bool isBroken = false;
        FaultInjectingFileSystem files = new(new SimulatedFileSystem(), (in StorageOperation operation) =>
            isBroken && operation.Kind == StorageOperationKind.SyncData ? new InjectedFault(StorageFault.Failed) : null);
        using TestStore store = TestStore.Create(HostFor(files));
        using Transaction transaction = store.Store.BeginTransaction();
        Set(store, transaction, "a");
        isBroken = true;
        Assert.Throws<StoreException>(() => transaction.Commit());
        Assert.Equal("unknown 1 StoreFaulted", Describe(Assert.Single(Traced(probe))));
        Assert.Equal(["unknown"], Outcomes(probe, Counter));
        Assert.Equal(["commit StoreFaulted"], Errors(probe));
    }

    [Fact]
    public void One_whose_commit_can_be_tried_again_has_not_ended()
    {
        using TelemetryProbe probe = new(_telemetry);
        SimulatedFileSystem disk = new(capacityBytes: 1 << 20);
        using TestStore store = TestStore.Create(HostFor(disk));
        using Transaction transaction = store.Store.BeginTransaction();
        for (int i = 0; i < 80; i++)
            store.KeyValue.In(transaction).Set($"k{i}", TestStore.Encode(new string('x', 1000)));
        disk.CapacityBytes -= disk.GetFreeBytes();
        Assert.Equal(StoreError.DiskFull, Assert.ThrowsAny<StoreException>(() => transaction.Commit()).Error);
        Assert.Empty(Traced(probe));
        Assert.Empty(probe.Of(Counter));
        disk.CapacityBytes = long.MaxValue;
        transaction.Commit();
        Assert.Equal("committed 80", Describe(Assert.Single(Traced(probe))));
    }

    [Theory]
    [InlineData(5, false)]
    [InlineData(60, true)]
    public void It_is_told_whether_the_commit_took_several_frames(int changes, bool tookSeveral)
    {
        using TelemetryProbe probe = new(_telemetry);
        using TestStore store = TestStore.Create(HostFor(new SimulatedFileSystem()), TestStore.SmallOptions with { FrameBytesMax = 8 << 10, SegmentBytes = 32 << 10 });
        using Transaction transaction = store.Store.BeginTransaction();
        for (int i = 0; i < changes; i++)
            store.KeyValue.In(transaction).Set($"k{i}", TestStore.Encode(new string('x', 1000)));
        transaction.Commit();
        Assert.Equal(tookSeveral, Assert.Single(Traced(probe)).GetTagItem("persistence.transaction.several_frames"));
        Assert.Equal(tookSeveral, probe.Sum("persistence.wal.frames") > 1);
    }

    [Fact]
    public void Nested_ones_are_traced_under_the_one_they_are_nested_in_and_counted_as_part_of_it()
    {
        using TelemetryProbe probe = new(_telemetry);
        using TestStore store = TestStore.Create(HostFor(new SimulatedFileSystem()));
        using Transaction outer = store.Store.BeginTransaction();
        Set(store, outer, "a");
        using (Transaction kept = outer.Begin())
        {
            Set(store, kept, "b");
            Set(store, kept, "c");
            kept.Commit();
        }

        using (Transaction undone = outer.Begin())
            Set(store, undone, "d");
        using Transaction middle = outer.Begin(new TransactionOptions { Timeout = TimeSpan.FromSeconds(1) });
        Set(store, middle, "e");
        using Transaction inner = middle.Begin();
        Set(store, inner, "f");
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Throws<StoreException>(() => inner.Commit());
        outer.Commit();
        Activity[] traced = [.. Traced(probe)];
        Assert.Equal(["committed 2", "rolled_back 1", "aborted 1 TransactionAborted", "aborted 2 TransactionAborted", "committed 3"], traced.Select(Describe));
        Assert.Equal([traced[4].SpanId, traced[4].SpanId, traced[3].SpanId, traced[4].SpanId, default], traced.Select(activity => activity.ParentSpanId));
        Assert.Equal(["committed"], Outcomes(probe, Counter));
        Assert.Equal(["committed"], Outcomes(probe, Duration));
    }

    [Fact]
    public void It_belongs_to_the_caller_s_activity_and_never_becomes_the_current_one_however_transactions_interleave()
    {
        using TelemetryProbe probe = new(_telemetry);
        using TestStore store = TestStore.Create(HostFor(new SimulatedFileSystem()));
        using Activity caller = new Activity("caller").Start();
        using Transaction first = store.Store.BeginTransaction();
        Assert.Same(caller, Activity.Current);
        using Transaction second = store.Store.BeginTransaction();
        using Activity later = new Activity("later").Start();
        using Transaction third = store.Store.BeginTransaction();
        first.Commit();
        Assert.Same(later, Activity.Current);
        second.Commit();
        later.Stop();
        third.Rollback();
        Assert.Same(caller, Activity.Current);
        Assert.Equal([caller.SpanId, caller.SpanId, later.SpanId], Traced(probe).Select(activity => activity.ParentSpanId));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_listens_harms_none_even_if_it_throws(bool whenActivitiesStart)
    {
        using TelemetryProbe probe = new(_telemetry) { OnMeasured = _ => throw new InvalidOperationException("a listener's mistake") };
        if (whenActivitiesStart)
            probe.OnActivityStarted = _ => throw new InvalidOperationException("a listener's mistake");
        else
            probe.OnActivityStopped = _ => throw new InvalidOperationException("a listener's mistake");
        using TestStore store = TestStore.Create(HostFor(new SimulatedFileSystem()));
        using Activity caller = new Activity("caller").Start();
        using Transaction outer = store.Store.BeginTransaction();
        using (Transaction inner = outer.Begin())
        {
            Set(store, inner, "a");
            inner.Commit();
        }

        Assert.Same(caller, Activity.Current);
        outer.Commit();
        Assert.Same(caller, Activity.Current);
        Assert.Equal("a=v;", store.Dump());
        Assert.Equal(1, store.Store.GetStatus().Timings!.TransactionsCommitted);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_commit_allocates_nothing_for_it_whether_or_not_somebody_measures(bool isMeasured)
    {
        using MeterListener listener = new();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (isMeasured && ReferenceEquals(instrument.Meter, _telemetry.Meter))
                self.EnableMeasurementEvents(instrument);
        };
        long measured = 0;
        listener.SetMeasurementEventCallback<long>((instrument, _, _, _) => measured += instrument.Name == Counter ? 1 : 0);
        listener.SetMeasurementEventCallback<double>((instrument, _, _, _) => measured += instrument.Name == Duration ? 1 : 0);
        listener.Start();
        long without = LeastAllocated(telemetry: null);
        Assert.Equal(0, measured);
        Assert.Equal(without, LeastAllocated(_telemetry));
        Assert.Equal(isMeasured, measured > 0);
    }

    /// <summary>What committing ten transactions allocates.</summary>
    private static long LeastAllocated(StoreTelemetry? telemetry)
    {
        using TestDirectory directory = new();
        StoreHost host = StoreHost.ForNewDirectory(directory.Path) with { Telemetry = telemetry };
        StoreOptions options = new() { SpareSegments = 0, MarkerDelayMs = 0, CheckpointLogBytes = 0, CheckpointCloseBytes = long.MaxValue, Durability = DurabilityMode.None };
        PersistenceStore.Create(host, options);
        using PersistenceStore store = PersistenceStore.Open(host, options, []);
        byte[] value = TestStore.Encode("some value");
        Queue<Transaction> begun = [];
        // Ten stay open: the commit of the last one open allocates less, and there is one such round only.
        for (int i = 0; i < 140; i++)
        {
            Transaction transaction = store.BeginTransaction();
            transaction.AppendRecord("type", value);
            begun.Enqueue(transaction);
        }

        for (int i = 0; i < 50; i++)
            begun.Dequeue().Commit();
        long least = Allocations.LeastOf(() =>
        {
            for (int i = 0; i < 10; i++)
                begun.Dequeue().Commit();
        });
        store.Close();
        (host.Files as IDisposable)?.Dispose();
        return least;
    }

    private static IEnumerable<Activity> Traced(TelemetryProbe probe) => probe.Activities.Where(activity => activity.OperationName == "persistence.transaction");

    private static string Describe(Activity activity)
    {
        string kind = $"{activity.GetTagItem("persistence.transaction.outcome")} {activity.GetTagItem("persistence.transaction.changes")}";
        Assert.Equal(activity.GetTagItem("error.type") is null ? ActivityStatusCode.Unset : ActivityStatusCode.Error, activity.Status);
        return $"{kind} {activity.GetTagItem("error.type")}".TrimEnd();
    }

    private static string[] Outcomes(TelemetryProbe probe, string instrument) => [.. probe.Of(instrument).Select(measured => (string)measured.Tags["persistence.transaction.outcome"]!)];

    private static string[] Errors(TelemetryProbe probe) => [.. probe.Of("persistence.errors").Select(error => $"{error.Tags["persistence.operation"]} {error.Tags["error.type"]}")];

    private static void Set(TestStore store, Transaction transaction, string key) => store.KeyValue.In(transaction).Set(key, TestStore.Encode("v"));

    private StoreHost HostFor(IFileSystem files) => TestStore.DeterministicHostFor(files, clock: _clock) with { Telemetry = _telemetry, Name = "orders" };
}
