using Persistence.Compaction;
using Persistence.CrashKit.Entities.Work;
using Persistence.CrashKit.Oracle;
using Persistence.CrashKit.Protocol;
using Persistence.Diagnostics;
using Persistence.State;

namespace Persistence.CrashKit.Worker;

/// <summary>Says what is about to be done to a store, does it, says that it is done. Thread-safe.</summary>
/// <param name="session">The store.</param>
/// <param name="channel">Who is told.</param>
/// <param name="frameBytesMax">A commit of more takes several frames.</param>
internal sealed class OperationPerformer(StoreSession session, WorkerChannel channel, int frameBytesMax = int.MaxValue)
{
    // How often the store is asked for its status.
    private const int OperationsPerLook = 16;

    private long _lastNumber;
    private CompactionReport? _lastCompaction;

    /// <param name="operation">The operation.</param>
    /// <param name="entities">What its writer believes of its entities, or null where it has none.</param>
    /// <returns>Whether to go on: a store that failed once is done for.</returns>
    public bool TryPerform(PlannedOperation operation, EntityWriter? entities = null)
    {
        long number = Interlocked.Increment(ref _lastNumber);
        Announcement announcement = new(channel, number, operation, entities?.Begin(operation));
        CommitResult? committed;
        try
        {
            committed = session.Perform(operation, announcement.Turn);
        }
        catch (StoreException e)
        {
            announcement.SayOnce();
            bool isConflict = announcement.Turn is not null && StoreSession.IsConflict(e);
            channel.Fail(number, StoreSession.IsDefinite(e), $"{e.Error}: {e.Message}{(e.InnerException is null ? "" : $" ({e.InnerException.Message})")}", isConflict);
            if (isConflict)
                channel.Did(EntityDeeds.Conflict);
            return isConflict;
        }
        catch (ContradictionException e)
        {
            channel.Error(e.Message);
            return false;
        }

        channel.Ack(number, committed?.End.Value - 1);
        if (announcement.Turn is EntityTurn turn)
            Accept(turn, entities!, committed);
        if (StoreSession.IsBarrier(operation))
            channel.Barrier(number);
        if (number % OperationsPerLook == 0 || operation.Kind == OperationKind.Compact)
            SayCompaction();
        return true;
    }

    private void Accept(EntityTurn turn, EntityWriter entities, CommitResult? committed)
    {
        entities.Accept(turn);
        foreach (string deed in EntityDeeds.Of(turn, committed, frameBytesMax))
            channel.Did(deed);
    }

    private void SayCompaction()
    {
        if (session.Store.GetStatus().LastCompaction is CompactionReport report && Interlocked.Exchange(ref _lastCompaction, report) != report)
            channel.Did(Deeds.Compaction);
    }
}
