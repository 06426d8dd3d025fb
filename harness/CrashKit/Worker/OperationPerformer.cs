using Persistence.Compaction;
using Persistence.CrashKit.Oracle;
using Persistence.CrashKit.Protocol;
using Persistence.Diagnostics;
using Persistence.State;

namespace Persistence.CrashKit.Worker;

/// <summary>Says what is about to be done to a store, does it, says that it is done. Thread-safe.</summary>
internal sealed class OperationPerformer(StoreSession session, WorkerChannel channel)
{
    // How often the store is asked for its status.
    private const int OperationsPerLook = 16;

    private long _lastNumber;
    private CompactionReport? _lastCompaction;

    /// <returns>Whether to go on: a store that failed once is done for.</returns>
    public bool TryPerform(PlannedOperation operation)
    {
        long number = Interlocked.Increment(ref _lastNumber);
        channel.Intent(number, operation.Kind, operation.DescribeWrites(), operation.DescribeRecord());
        CommitResult? committed;
        try
        {
            committed = session.Perform(operation);
        }
        catch (StoreException e)
        {
            channel.Fail(number, StoreSession.IsDefinite(e), $"{e.Error}: {e.Message}{(e.InnerException is null ? "" : $" ({e.InnerException.Message})")}");
            return false;
        }

        channel.Ack(number, committed?.End.Value - 1);
        if (StoreSession.IsBarrier(operation))
            channel.Barrier(number);
        if (number % OperationsPerLook == 0 || operation.Kind == OperationKind.Compact)
            SayCompaction();
        return true;
    }

    private void SayCompaction()
    {
        if (session.Store.GetStatus().LastCompaction is CompactionReport report && Interlocked.Exchange(ref _lastCompaction, report) != report)
            channel.Did(Deeds.Compaction);
    }
}
