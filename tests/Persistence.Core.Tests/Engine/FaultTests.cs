using System.Collections.Concurrent;
using Persistence.Diagnostics;
using Persistence.Storage;
using Persistence.Storage.Simulated;
using Xunit;

namespace Persistence.Tests.Engine;

/// <summary>Every operation of a workload fails, once or from then on, in every way a disk fails.</summary>
public sealed class FaultTests
{
    private static readonly long OperationsOfWorkload = CountOperations();

    [Theory]
    [InlineData(StorageFault.DiskFull, false, 0)]
    [InlineData(StorageFault.DiskFull, true, 700)]
    [InlineData(StorageFault.Failed, false, 0)]
    [InlineData(StorageFault.Failed, true, 0)]
    [InlineData(StorageFault.Failed, false, 512)]
    [InlineData(StorageFault.ReadOnly, true, 0)]
    [InlineData(StorageFault.AccessDenied, false, 0)]
    [InlineData(StorageFault.TooManyOpenFiles, false, 0)]
    [InlineData(StorageFault.TooManyOpenFiles, true, 0)]
    public void Whatever_operation_fails_nothing_acknowledged_is_lost(StorageFault fault, bool fromThenOn, int prefixBytes)
    {
        // Plain failures are tried at every operation; the other kinds share the operations out among themselves.
        int stride = fault == StorageFault.Failed && !fromThenOn && prefixBytes == 0 ? 1 : 6;
        for (long failing = 1 + ((int)fault % stride); failing <= OperationsOfWorkload; failing += stride)
            RunOnce(new InjectedFault(fault) { PrefixBytes = prefixBytes }, failing, fromThenOn);
    }

    [Fact]
    public void An_operation_that_is_carried_out_and_reported_as_failed_loses_nothing_and_is_not_done_twice()
    {
        for (long failing = 1; failing <= OperationsOfWorkload; failing += 3)
            RunOnce(new InjectedFault(StorageFault.Failed) { IsAfterTheFact = true }, failing, fromThenOn: false);
    }

    private static void RunOnce(InjectedFault fault, long failing, bool fromThenOn)
    {
        SimulatedFileSystem disk = new();
        bool isHealed = false;
        StorageOperation failed = default;
        Workload? workload = null;
        ConcurrentQueue<string> afterFault = new();
        FaultInjectingFileSystem files = new(disk, (in StorageOperation operation) =>
        {
            if (workload?.Store is { } open && !open.Store.IsClosed && open.Store.GetStatus().Fault is not null && Writes(operation))
                afterFault.Enqueue($"{operation.Kind} {operation.Path}");
            if (isHealed || (fromThenOn ? operation.Ordinal < failing : operation.Ordinal != failing))
                return null;
            if (failed.Ordinal == 0)
                failed = operation;
            return fault;
        });
        workload = new Workload(files);
        string name = "";
        try
        {
            workload.Run(stopAtFailure: false);
            name = $"{fault.Fault} at operation {failing} ({failed.Kind} {failed.Path}), from then on: {fromThenOn}";
            Assert.True(afterFault.IsEmpty, $"written after the fault: {string.Join(' ', afterFault)}");
            CheckFailures(workload);
            isHealed = true;
            CheckRecovery(workload, disk, name);
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"{fault} at operation {failing} ({failed.Kind} {failed.Path}), from then on: {fromThenOn}: {e.Message}", e);
        }
        finally
        {
            isHealed = true;
            workload.Dispose();
        }
    }

    private static bool Writes(in StorageOperation operation) => operation.Kind
        is StorageOperationKind.Write or StorageOperationKind.SetLength or StorageOperationKind.Allocate
        or StorageOperationKind.Rename or StorageOperationKind.Link or StorageOperationKind.Sync or StorageOperationKind.SyncData;

    /// <summary>Only typed errors, and after a fault nothing but StoreFaulted until the store is reopened.</summary>
    private static void CheckFailures(Workload workload)
    {
        foreach ((string step, StoreException error, bool wasFaulted) in workload.Failures)
        {
            bool isOpening = step is "create" or "open" or "reopen";
            if (wasFaulted && !isOpening)
                Assert.True(error.Error is StoreError.StoreFaulted or StoreError.StoreClosed, $"{step} after the fault: {error.Error}");
        }
    }

    private static void CheckRecovery(Workload workload, SimulatedFileSystem disk, string name)
    {
        foreach (CrashImageKind kind in (CrashImageKind[])[CrashImageKind.DropPending, CrashImageKind.KeepEverything])
        {
            CrashPoint point = new(
                $"{name}, {kind}", disk.CrashImage(kind), workload.Acknowledged, workload.Possible, workload.IsCreated, workload.HighestSeen);
            point.Check("boot-1");
        }
    }

    private static long CountOperations()
    {
        FaultInjectingFileSystem files = new(new SimulatedFileSystem(), (in StorageOperation _) => null);
        new Workload(files).Run();
        return files.OperationCount;
    }
}
