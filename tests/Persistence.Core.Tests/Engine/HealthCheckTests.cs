using Persistence.Configuration;
using Persistence.Diagnostics;
using Persistence.Engine;
using Persistence.KeyValue;
using Persistence.Locking;
using Persistence.Storage;
using Persistence.Storage.Simulated;
using Xunit;

namespace Persistence.Tests.Engine;

public sealed class HealthCheckTests : IDisposable
{
    private readonly StoreTelemetry _telemetry = new();
    private readonly ManualClock _clock = new();

    public void Dispose() => _telemetry.Dispose();

    [Fact]
    public void A_store_in_order_is_healthy_and_every_probe_says_what_it_found()
    {
        SimulatedFileSystem disk = new(capacityBytes: 16 << 20);
        using TestStore store = TestStore.Create(HostFor(disk) with { LockBreaker = new CircuitBreaker(_clock) });
        store.Set("a", "1");
        store.Store.TakeCheckpoint();
        _clock.Advance(TimeSpan.FromMinutes(3));
        HealthReport report = store.Store.CheckHealth();
        Assert.Equal(HealthStatus.Healthy, report.Status);
        Assert.Equal((store.Store.StoreId, ManualClock.Start.AddMinutes(3)), (report.StoreId, report.Time));
        Assert.Equal(
            [
                HealthProbes.Writable, HealthProbes.Flushes, HealthProbes.Space, HealthProbes.Checkpoint, HealthProbes.ReplayLag,
                HealthProbes.Faults, HealthProbes.Archive, HealthProbes.Compaction, HealthProbes.Quarantine, HealthProbes.Lock, HealthProbes.LockWaits,
            ],
            report.Probes.Select(probe => probe.Name));
        Assert.All(report.Probes, probe => Assert.Equal(HealthStatus.Healthy, probe.Status));
        Assert.Equal("Checkpoint 1 was taken 3 minutes ago.", Find(report, HealthProbes.Checkpoint).Message);
        Assert.Equal((180, "s"), (Find(report, HealthProbes.Checkpoint).Value!.Value, Find(report, HealthProbes.Checkpoint).Unit));
        Assert.Equal((disk.GetFreeBytes(), "bytes"), (Find(report, HealthProbes.Space).Value!.Value, Find(report, HealthProbes.Space).Unit));
        Assert.Equal("512 bytes of log would have to be replayed.", Find(report, HealthProbes.ReplayLag).Message);
        Assert.Equal(2, store.Store.GetStatus().Timings!.FlushMs.Count);
        Assert.Empty(report.Findings);
        Assert.Empty(disk.List("staging"));
    }

    [Fact]
    public void A_handle_that_only_reads_writes_nothing_and_says_that_it_did_not_try()
    {
        SimulatedFileSystem disk = new();
        using TestStore writer = TestStore.Create(HostFor(disk));
        writer.Set("a", "1");
        List<string> changes = [];
        FaultInjectingFileSystem watched = new(disk, (in StorageOperation operation) =>
        {
            if (operation.Kind is not (StorageOperationKind.Open or StorageOperationKind.Read or StorageOperationKind.List or StorageOperationKind.GetLength or StorageOperationKind.GetFreeBytes or StorageOperationKind.TryLock))
                changes.Add($"{operation.Kind} {operation.Path}");
            return null;
        });
        using PersistenceStore reader = PersistenceStore.OpenReadOnly(HostFor(watched) with { IsProcessAlive = (_, _) => true }, [new KeyValueState()]);
        HealthReport report = reader.CheckHealth();
        Assert.Empty(changes);
        Assert.Equal(HealthStatus.Healthy, report.Status);
        Assert.Equal(
            [HealthProbes.Writable, HealthProbes.Flushes, HealthProbes.Faults, HealthProbes.LockWaits],
            report.Probes.Where(probe => probe.Status == HealthStatus.NotProbed).Select(probe => probe.Name));
        Assert.Equal("Process 42 on test-host holds the store for writing.", Find(report, HealthProbes.Lock).Message);
        Assert.Equal("512 bytes of log would have to be replayed.", Find(report, HealthProbes.ReplayLag).Message);
    }

    [Fact]
    public void What_cannot_be_written_to_is_unhealthy_and_keeps_no_other_probe_from_being_made()
    {
        SimulatedFileSystem disk = new(capacityBytes: 1 << 20);
        using TestStore store = TestStore.Create(HostFor(disk));
        store.Set("a", "1");
        disk.CapacityBytes -= disk.GetFreeBytes();
        HealthReport full = store.Store.CheckHealth();
        Assert.Equal(HealthStatus.Unhealthy, full.Status);
        Assert.Equal((HealthStatus.Unhealthy, "Could not write 'staging/health-probe': there is no space left."), StatusOf(full, HealthProbes.Writable));
        Assert.Equal((HealthStatus.Unhealthy, "0 bytes are free; the next segment needs 64 KiB, the next checkpoint about 512 bytes."), StatusOf(full, HealthProbes.Space));
        Assert.Equal(HealthStatus.Healthy, Find(full, HealthProbes.Lock).Status);
        Assert.Empty(disk.List("staging"));
        disk.IsReadOnly = true;
        Assert.Contains("read-only", Find(store.Store.CheckHealth(), HealthProbes.Writable).Message, StringComparison.Ordinal);
        disk.IsReadOnly = false;
        disk.CapacityBytes = long.MaxValue;
        Assert.Equal(HealthStatus.Healthy, store.Store.CheckHealth().Status);
        store.Set("b", "2");
    }

    [Theory]
    [InlineData(StorageOperationKind.Sync)]
    [InlineData(StorageOperationKind.Delete)]
    public void A_probe_that_is_cut_short_is_cleared_away_by_the_next(StorageOperationKind failing)
    {
        SimulatedFileSystem disk = new();
        bool isBroken = false;
        FaultInjectingFileSystem files = new(disk, (in StorageOperation operation) =>
            isBroken && operation.Path == "staging/health-probe" && (operation.Kind == failing || operation.Kind == StorageOperationKind.Delete) ? new InjectedFault(StorageFault.Failed) : null);
        using TestStore store = TestStore.Create(HostFor(files));
        isBroken = true;
        Assert.Equal(HealthStatus.Unhealthy, Find(store.Store.CheckHealth(), HealthProbes.Writable).Status);
        Assert.Equal("health-probe", Assert.Single(disk.List("staging")).Name);
        isBroken = false;
        Assert.Equal(HealthStatus.Healthy, Find(store.Store.CheckHealth(), HealthProbes.Writable).Status);
        Assert.Empty(disk.List("staging"));
    }

    [Theory]
    [InlineData(-1, HealthStatus.Unhealthy)]
    [InlineData(0, HealthStatus.Degraded)]
    [InlineData((64 << 10) + 511, HealthStatus.Degraded)]
    [InlineData((64 << 10) + 512, HealthStatus.Healthy)]
    public void Space_is_compared_with_what_the_next_segment_and_checkpoint_need(long spare, HealthStatus expected)
    {
        FreeSpace files = new(new SimulatedFileSystem());
        using TestStore store = TestStore.Create(HostFor(files));
        store.Set("a", "1");
        files.Free = (64 << 10) + 512 + spare;
        Assert.Equal(expected, Find(store.Store.CheckHealth(), HealthProbes.Space).Status);
    }

    [Fact]
    public void A_segment_that_is_prepared_needs_no_space()
    {
        FreeSpace files = new(new SimulatedFileSystem());
        using TestStore store = TestStore.Create(HostFor(files));
        files.Open("wal/spare-0000000007", FileIntent.CreateNew).Dispose();
        files.Free = 100;
        Assert.Equal((HealthStatus.Healthy, "100 bytes are free; the next segment is prepared already, the next checkpoint about 0 bytes."), StatusOf(store.Store.CheckHealth(), HealthProbes.Space));
    }

    [Theory]
    [InlineData(999, HealthStatus.Healthy)]
    [InlineData(1000, HealthStatus.Degraded)]
    public void Flushes_of_a_second_are_too_slow(int ms, HealthStatus expected)
    {
        FaultInjectingFileSystem files = new(new SimulatedFileSystem(), (in StorageOperation operation) =>
        {
            if (operation.Kind == StorageOperationKind.SyncData && operation.Path.StartsWith("wal/0", StringComparison.Ordinal))
                _clock.Advance(TimeSpan.FromMilliseconds(ms));
            return null;
        });
        using TestStore store = TestStore.Create(HostFor(files));
        Assert.Equal(HealthStatus.NotProbed, Find(store.Store.CheckHealth(), HealthProbes.Flushes).Status);
        store.Set("a", "1");
        HealthProbe flushes = Find(store.Store.CheckHealth(), HealthProbes.Flushes);
        Assert.Equal((expected, ms, "ms"), (flushes.Status, flushes.Value!.Value, flushes.Unit));
    }

    [Fact]
    public void Without_telemetry_flushes_are_not_measured()
    {
        using TestStore store = TestStore.Create();
        store.Set("a", "1");
        Assert.Equal(HealthStatus.NotProbed, Find(store.Store.CheckHealth(), HealthProbes.Flushes).Status);
    }

    [Fact]
    public void A_store_that_stopped_is_unhealthy_and_says_why()
    {
        bool isBroken = false;
        FaultInjectingFileSystem files = new(new SimulatedFileSystem(), (in StorageOperation operation) =>
            isBroken && operation.Kind == StorageOperationKind.SyncData ? new InjectedFault(StorageFault.Failed) : null);
        using TestStore store = TestStore.Create(HostFor(files));
        store.Set("a", "1");
        isBroken = true;
        Assert.Throws<StoreException>(() => store.Set("b", "2"));
        HealthReport report = store.Store.CheckHealth();
        Assert.Equal(HealthStatus.Unhealthy, report.Status);
        Assert.Equal($"The store accepts no more changes; close and open it again. Cause: {store.Store.GetStatus().Fault!.Message}", Find(report, HealthProbes.Faults).Message);
        Assert.Equal(HealthStatus.Unhealthy, Find(report, HealthProbes.Flushes).Status);
        Assert.Equal(HealthStatus.Healthy, Find(report, HealthProbes.Writable).Status);
    }

    [Fact]
    public void Background_work_that_failed_degrades_it_until_it_succeeds()
    {
        bool isBroken = false;
        FaultInjectingFileSystem files = new(new SimulatedFileSystem(), (in StorageOperation operation) =>
            isBroken && operation.Kind == StorageOperationKind.Delete && operation.Path.StartsWith("checkpoints/", StringComparison.Ordinal) ? new InjectedFault(StorageFault.AccessDenied) : null);
        using TestStore store = TestStore.Create(HostFor(files));
        for (int i = 0; i < 3; i++)
        {
            isBroken = i == 2;
            store.Set("a", $"{i}");
            store.Store.TakeCheckpoint();
        }

        HealthReport report = store.Store.CheckHealth();
        Assert.Equal(HealthStatus.Degraded, report.Status);
        Assert.Contains("access was denied", Find(report, HealthProbes.Faults).Message, StringComparison.Ordinal);
        isBroken = false;
        store.Store.TakeCheckpoint();
        Assert.Equal(HealthStatus.Healthy, store.Store.CheckHealth().Status);
    }

    [Fact]
    public void A_checkpoint_that_is_overdue_and_a_log_that_is_too_long_degrade_it()
    {
        WatchedScheduler scheduler = new() { HeldBack = "store-background" };
        StoreOptions options = TestStore.SmallOptions with { CheckpointIntervalSeconds = 60, CheckpointLogBytes = 1024 };
        using TestStore store = TestStore.Create(HostFor(new SimulatedFileSystem()) with { Scheduler = scheduler }, options);
        try
        {
            store.Set("a", "1");
            store.Store.TakeCheckpoint();
            store.Set("a", "2");
            _clock.Advance(TimeSpan.FromSeconds(120));
            Assert.Equal(HealthStatus.Healthy, store.Store.CheckHealth().Status);
            _clock.Advance(TimeSpan.FromSeconds(1));
            store.Set("a", "3");
            Assert.Equal(HealthStatus.Healthy, Find(store.Store.CheckHealth(), HealthProbes.ReplayLag).Status);
            store.Set("a", "4");
            store.Set("a", "5");
            HealthReport report = store.Store.CheckHealth();
            Assert.Equal((HealthStatus.Degraded, "Checkpoint 1 was taken 2 minutes ago. One is due every 60 s."), StatusOf(report, HealthProbes.Checkpoint));
            Assert.Equal((HealthStatus.Degraded, "2560 bytes of log would have to be replayed. More than 2048 bytes is a lot: take a checkpoint."), StatusOf(report, HealthProbes.ReplayLag));
        }
        finally
        {
            scheduler.LetGo();
        }
    }

    [Fact]
    public void A_checkpoint_that_cannot_be_read_is_unhealthy()
    {
        SimulatedFileSystem disk = new();
        using TestStore store = TestStore.Create(HostFor(disk));
        store.Store.TakeCheckpoint();
        disk.Delete("checkpoints/0000000001.full");
        Assert.Equal(HealthStatus.Unhealthy, Find(store.Store.CheckHealth(), HealthProbes.Checkpoint).Status);
    }

    [Fact]
    public void A_quarantine_that_is_full_degrades_it()
    {
        SimulatedFileSystem disk = new();
        using TestStore store = TestStore.Create(HostFor(disk), TestStore.SmallOptions with { QuarantineFilesMax = 2 });
        Keep(disk, "0000000001-first", 100);
        Assert.Equal((HealthStatus.Healthy, "Recovery has put 1 file (100 bytes) aside in quarantine/."), StatusOf(store.Store.CheckHealth(), HealthProbes.Quarantine));
        Keep(disk, "0000000002-second", 50_000);
        HealthProbe full = Find(store.Store.CheckHealth(), HealthProbes.Quarantine);
        Assert.Equal((HealthStatus.Degraded, "Recovery has put 2 files (48.9 KiB) aside in quarantine/. It is full: the next ones push out the oldest.", 2.0, "files"), (full.Status, full.Message, full.Value, full.Unit));
    }

    [Fact]
    public void A_lock_file_that_was_taken_away_is_found_out()
    {
        SimulatedFileSystem disk = new();
        using TestStore store = TestStore.Create(HostFor(disk));
        disk.Delete("LOCK");
        Assert.Equal(HealthStatus.Unhealthy, Find(store.Store.CheckHealth(), HealthProbes.Lock).Status);
        disk.Open("LOCK", FileIntent.CreateNew).Dispose();
        Assert.Equal(HealthStatus.Unhealthy, Find(store.Store.CheckHealth(), HealthProbes.Lock).Status);
    }

    [Fact]
    public void A_reader_tells_a_store_that_was_closed_from_one_that_was_not()
    {
        SimulatedFileSystem disk = new();
        using (TestStore store = TestStore.Create(HostFor(disk)))
        {
            store.Set("a", "1");
            using PersistenceStore killed = PersistenceStore.OpenReadOnly(HostFor(disk.CrashImage(CrashImageKind.KeepEverything)), [new KeyValueState()]);
            Assert.Equal(HealthStatus.Degraded, Find(killed.CheckHealth(), HealthProbes.Lock).Status);
        }

        using PersistenceStore closed = PersistenceStore.OpenReadOnly(HostFor(disk), [new KeyValueState()]);
        Assert.Equal((HealthStatus.Healthy, "Nobody holds the store for writing."), StatusOf(closed.CheckHealth(), HealthProbes.Lock));
    }

    [Fact]
    public void What_opening_found_damaged_is_among_the_findings_and_a_torn_tail_is_not()
    {
        SimulatedFileSystem disk = new();
        using (TestStore store = TestStore.Create(HostFor(disk)))
            store.Set("a", "1");
        using (IFile root = disk.Open("ROOT", FileIntent.ReadWrite))
            root.Write([1, 2, 3], 100);
        using TestStore again = TestStore.Open(HostFor(disk));
        HealthReport report = again.Store.CheckHealth();
        HealthFinding finding = Assert.Single(report.Findings);
        Assert.Equal((HealthStatus.Degraded, HealthStatus.Degraded), (finding.Status, report.Status));
        Assert.NotNull(finding.Suggestion);
    }

    [Fact]
    public void Waits_for_the_lock_that_ran_out_are_told_and_an_open_circuit_degrades_it_while_it_is_open()
    {
        StoreHost host = TestStore.HostFor(new SimulatedFileSystem()) with { LockBreaker = new CircuitBreaker(_clock) };
        using TestStore holder = TestStore.Create(host);
        using PersistenceStore reader = PersistenceStore.OpenReadOnly(host, [new KeyValueState()]);
        Assert.Equal((HealthStatus.Healthy, "Closed: this process may wait for the lock."), StatusOf(reader.CheckHealth(), HealthProbes.LockWaits));
        for (int i = 0; i < 5; i++)
            Assert.Throws<StoreLockedException>(() => TestStore.Open(host, TestStore.SmallOptions with { LockTimeoutMs = 1 }));
        HealthProbe open = Find(reader.CheckHealth(), HealthProbes.LockWaits);
        Assert.Equal((HealthStatus.Degraded, 5, "timeouts"), (open.Status, open.Value!.Value, open.Unit));
        Assert.Equal("Open until 2026-01-02 03:05:05Z: the last 5 waits of this process for the lock ran out, and it does not wait again before then.", open.Message);
        Assert.Equal(HealthStatus.Degraded, holder.Store.CheckHealth().Status);
        _clock.Advance(TimeSpan.FromMinutes(1));
        HealthProbe halfOpen = Find(reader.CheckHealth(), HealthProbes.LockWaits);
        Assert.Equal(HealthStatus.NotProbed, halfOpen.Status);
        Assert.StartsWith("Half-open: ", halfOpen.Message, StringComparison.Ordinal);
        Assert.Throws<StoreLockedException>(() => TestStore.Open(host, TestStore.SmallOptions with { LockTimeoutMs = 1 }));
        Assert.Equal(HealthStatus.Degraded, Find(reader.CheckHealth(), HealthProbes.LockWaits).Status);
        holder.Dispose();
        _clock.Advance(TimeSpan.FromMinutes(1));
        TestStore.Open(host, TestStore.SmallOptions with { LockTimeoutMs = 1 }).Dispose();
        Assert.Equal("Closed: this process may wait for the lock.", Find(reader.CheckHealth(), HealthProbes.LockWaits).Message);
    }

    [Fact]
    public void Waits_that_ran_out_and_opened_no_circuit_are_counted_and_no_harm()
    {
        StoreHost host = TestStore.HostFor(new SimulatedFileSystem()) with { LockBreaker = new CircuitBreaker(_clock) };
        using TestStore holder = TestStore.Create(host);
        Assert.Throws<StoreLockedException>(() => TestStore.Open(host, TestStore.SmallOptions with { LockTimeoutMs = 1 }));
        Assert.Equal(
            (HealthStatus.Healthy, "Closed: this process may wait for the lock. Waits in a row that ran out: 1."),
            StatusOf(holder.Store.CheckHealth(), HealthProbes.LockWaits));
    }

    [Fact]
    public void What_many_errors_of_the_store_have_in_common_is_one_finding_with_a_suggestion_until_it_is_over()
    {
        ErrorCorrelator correlator = new(_clock);
        using TestStore store = TestStore.Create(HostFor(new SimulatedFileSystem()) with { ErrorFindings = () => correlator.FindingsOf("orders") });
        for (int i = 0; i < 3; i++)
        {
            Assert.Empty(store.Store.CheckHealth().Findings);
            correlator.Report(StoreError.LockTimeout, "orders", ownerProcessId: 7);
            correlator.Report(StoreError.LockTimeout, "invoices");
        }

        correlator.Report(StoreError.LockTimeout, "orders", ownerProcessId: 7);
        HealthReport report = store.Store.CheckHealth();
        HealthFinding finding = Assert.Single(report.Findings);
        Assert.Equal((HealthStatus.Degraded, HealthStatus.Degraded), (report.Status, finding.Status));
        Assert.Equal("4 lock timeouts in 1 s on store 'orders', held by process 7 each time.", finding.Message);
        Assert.Equal("Have process 7 close the store when its work is done, or let all work go through that process.", finding.Suggestion);
        _clock.Advance(TimeSpan.FromSeconds(61));
        Assert.Empty(store.Store.CheckHealth().Findings);
    }

    [Fact]
    public void Closing_waits_for_the_probes_which_write_nothing_once_the_lock_is_given_back()
    {
        WatchedScheduler scheduler = new();
        using OperationBlocker disk = new();
        TestStore store = disk.Own(TestStore.Create(HostFor(disk.Files) with { Scheduler = scheduler }));
        OperationStop write = disk.StopNext(operation => operation.Kind == StorageOperationKind.Write && operation.Path == "staging/health-probe");
        BackgroundCall check = new("check", () => store.Store.CheckHealth());
        write.WaitUntilReached();
        BackgroundCall close = new("close", store.Store.Close);
        close.WaitUntilBlockedOrEnded(scheduler);
        Assert.False(close.HasEnded);
        write.Release();
        check.Succeeded();
        close.Succeeded();
        Assert.Empty(disk.Disk.List("staging"));
        Assert.Equal(StoreError.StoreClosed, Assert.Throws<StoreException>(() => store.Store.CheckHealth()).Error);
    }

    private static HealthProbe Find(HealthReport report, string name) => report.Probes.Single(probe => probe.Name == name);

    private static (HealthStatus Status, string Message) StatusOf(HealthReport report, string name) => (Find(report, name).Status, Find(report, name).Message);

    private static void Keep(SimulatedFileSystem disk, string name, int bytes)
    {
        using IFile file = disk.Open($"quarantine/{name}", FileIntent.CreateNew);
        file.Write(new byte[bytes], 0);
    }

    private StoreHost HostFor(IFileSystem files) => TestStore.DeterministicHostFor(files, clock: _clock) with { Telemetry = _telemetry };

    /// <summary>A disk that says what the test wants it to say of its free space.</summary>
    private sealed class FreeSpace(IFileSystem inner) : ForwardingFileSystem(inner)
    {
        public long Free { get; set; } = long.MaxValue;

        public override long GetFreeBytes() => Free;
    }
}
