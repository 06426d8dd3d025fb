using Persistence.Configuration;
using Persistence.Diagnostics;
using Persistence.Engine;
using Persistence.Locking;
using Persistence.Recovery;
using Persistence.Storage;
using Persistence.Storage.Simulated;
using Persistence.Tests.Engine;
using Xunit;

namespace Persistence.Tests.Locking;

/// <summary>What a store is to everybody else while some wait for its lock, and after some died waiting.</summary>
public sealed class BesideWaitersTests
{
    private const string DeadTicket = "LOCK-wait-0000000007-0123456789abcdef0123456789abcdef";

    private static readonly StoreOptions Waiting = TestStore.SmallOptions with { LockTimeoutMs = 60_000 };

    [Fact]
    public void Readers_and_integrity_checks_say_nothing_of_tickets_and_leave_them_alone()
    {
        SimulatedFileSystem disk = new();
        using TestStore store = TestStore.Create(disk);
        store.Set("a", "1");
        using Contender waiter = new(disk);
        CreateEmpty(disk, DeadTicket);
        string[] before = Names(disk);
        using (TestStore reader = TestStore.OpenReadOnly(disk))
        {
            Assert.Equal("a=1;", reader.Dump());
            Assert.DoesNotContain(reader.Store.RecoveryReport.Findings, finding => finding.Kind == FindingKind.UnknownFile);
        }

        Assert.DoesNotContain(StoreInspector.Inspect(TestStore.HostFor(disk)).Findings, finding => finding.Kind == FindingKind.UnknownFile);
        Assert.Equal(before, Names(disk));
        Assert.Equal(2, LockQueue.ReadTickets(disk).Count);
    }

    [Fact]
    public void What_only_looks_like_a_ticket_is_a_foreign_file()
    {
        SimulatedFileSystem disk = new();
        TestStore.Create(disk).Dispose();
        disk.CreateDirectory(DeadTicket);
        CreateEmpty(disk, "LOCK-wait-for-me");
        using TestStore reader = TestStore.OpenReadOnly(disk);
        Assert.Equal(
            [DeadTicket, "LOCK-wait-for-me"],
            reader.Store.RecoveryReport.Findings.Where(finding => finding.Kind == FindingKind.UnknownFile).Select(finding => finding.File));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(60_000)]
    public void Tickets_of_the_dead_are_gone_after_the_next_opening_for_writing(int timeoutMs)
    {
        SimulatedFileSystem disk = new();
        TestStore.Create(disk).Dispose();
        CreateEmpty(disk, DeadTicket);
        using TestStore store = TestStore.Open(disk, TestStore.SmallOptions with { LockTimeoutMs = timeoutMs });
        Assert.DoesNotContain(DeadTicket, Names(disk));
    }

    [Fact]
    public void A_ticket_alone_does_not_make_a_directory_somebody_else_s()
    {
        SimulatedFileSystem disk = new();
        CreateEmpty(disk, DeadTicket);
        using TestStore store = TestStore.Create(disk);
        Assert.DoesNotContain(DeadTicket, Names(disk));
    }

    [Fact]
    public void A_creation_that_was_cut_short_is_completed_though_others_waited_for_it()
    {
        SimulatedFileSystem disk = new();
        FaultInjectingFileSystem failing = new(disk, (in StorageOperation operation) =>
            operation.Kind == StorageOperationKind.Rename ? new InjectedFault(StorageFault.Failed) : null);
        Assert.ThrowsAny<StoreException>(() => PersistenceStore.Create(TestStore.HostFor(failing), TestStore.SmallOptions));
        CreateEmpty(disk, DeadTicket);
        Assert.Equal(StoreError.StoreNotFound, Assert.ThrowsAny<StoreException>(() => TestStore.Open(disk)).Error);
        using TestStore store = TestStore.Create(disk);
        Assert.DoesNotContain(DeadTicket, Names(disk));
    }

    [Fact]
    public void A_creation_waits_for_another_one_and_finds_its_store()
    {
        using OperationBlocker disk = new();
        OperationStop creating = disk.StopNext(operation => operation.Kind == StorageOperationKind.Rename && operation.Path.EndsWith("ROOT", StringComparison.Ordinal));
        BackgroundCall first = new("first", () => PersistenceStore.Create(TestStore.HostFor(disk.Files), TestStore.SmallOptions));
        creating.WaitUntilReached();
        WatchedScheduler scheduler = new();
        BackgroundCall second = new("second", () => PersistenceStore.Create(TestStore.HostFor(disk.Disk) with { Scheduler = scheduler }, Waiting));
        Assert.True(SpinWait.SpinUntil(() => scheduler.PausesOf("second") > 0, BackgroundCall.Patience));
        creating.Release();
        first.Succeeded();
        second.FailedWith(StoreError.StoreExists);
        Assert.Empty(LockQueue.ReadTickets(disk.Disk));
    }

    [Fact]
    public void An_opening_that_is_given_up_while_it_waits_changes_nothing()
    {
        SimulatedFileSystem disk = new();
        using TestStore holder = TestStore.Create(disk);
        string[] before = Names(disk);
        using CancellationTokenSource stopping = new();
        WatchedScheduler scheduler = new();
        BackgroundCall opening = new("opening", () => TestStore.Open(TestStore.HostFor(disk) with { Scheduler = scheduler, StopWaiting = stopping.Token }, Waiting));
        Assert.True(SpinWait.SpinUntil(() => scheduler.PausesOf("opening") > 0, BackgroundCall.Patience));
        stopping.Cancel();
        Assert.IsAssignableFrom<OperationCanceledException>(opening.WaitForEnd());
        Assert.Equal(before, Names(disk));
        Assert.Equal(42, LockOwner.TryRead(disk)!.ProcessId);
    }

    [Fact]
    public void An_opening_that_does_not_have_to_wait_is_not_given_up()
    {
        SimulatedFileSystem disk = new();
        TestStore.Create(disk).Dispose();
        using TestStore store = TestStore.Open(TestStore.HostFor(disk) with { StopWaiting = new CancellationToken(canceled: true) }, Waiting);
        store.Set("a", "1");
    }

    [Fact]
    public void Every_acquisition_has_a_random_id_of_its_own()
    {
        SimulatedFileSystem disk = new();
        HashSet<Guid> ids = [];
        TestStore.Create(disk).Dispose();
        for (int i = 0; i < 10; i++)
        {
            using TestStore store = TestStore.Open(disk);
            Guid id = LockOwner.TryRead(disk)!.LockId;
            Assert.Equal('4', id.ToString()[14]);
            Assert.True(ids.Add(id));
        }
    }

    private static void CreateEmpty(SimulatedFileSystem disk, string name)
    {
        using IFile file = disk.Open(name, FileIntent.CreateNew);
    }

    private static string[] Names(SimulatedFileSystem disk) => [.. disk.List("").Select(entry => entry.Name)];
}
