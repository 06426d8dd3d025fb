using Persistence.Platform;
using Persistence.Storage;

namespace Persistence.Locking;

/// <summary>A place in the queue for a store's lock (FORMAT.md): a file that is held locked, and removed when the wait is over.</summary>
internal sealed class LockTicket : IDisposable
{
    private const int AttemptsMax = 16;

    private readonly IFileSystem _files;
    private readonly IFile _file;
    private readonly StalledHead _stalled;

    private LockTicket(LockContext context, IFile file)
    {
        _files = context.Files;
        _file = file;
        _stalled = new StalledHead(context);
    }

    /// <summary>Queues up behind everybody who waits; null where that is not possible, for want of space for a name for example.</summary>
    public static LockTicket? TryTake(LockContext context)
    {
        try
        {
            for (int attempt = 0; attempt < AttemptsMax; attempt++)
            {
                if (TryTakeOnce(context) is LockTicket ticket)
                    return ticket;
            }
        }
        catch (StorageException)
        {
            // One waits without a place then: the lock itself asks for none.
        }

        return null;
    }

    /// <summary>
    /// How many are to have the lock first. Of those ahead, only the nearest one is looked at, and if it is gone the next one:
    /// who waits behind somebody alive is not first.
    /// </summary>
    public int CountAhead()
    {
        List<string> ahead = [.. LockQueue.ReadTickets(_files).TakeWhile(ticket => string.CompareOrdinal(ticket, _file.Path) < 0)];
        _stalled.LeaveOut(ahead);
        while (ahead.Count > 0 && !LockQueue.IsWaiting(_files, ahead[^1]))
            ahead.RemoveAt(ahead.Count - 1);
        return ahead.Count;
    }

    /// <summary>Leaves the queue.</summary>
    public void Dispose()
    {
        _files.TryDelete(_file.Path);
        _file.Dispose();
    }

    /// <summary>
    /// Between creating the file and locking it, others take it for a dead one's and remove it. So it counts once it is locked
    /// and still there: from then on nobody else removes it.
    /// </summary>
    private static LockTicket? TryTakeOnce(LockContext context)
    {
        string name = LockQueue.NextName(LockQueue.ReadTickets(context.Files), context.Random.NextGuid());
        if (TryCreate(context.Files, name) is not IFile file)
            return null;
        LockTicket ticket = new(context, file);
        bool counts = false;
        try
        {
            counts = file.TryLock(FileLockKind.Exclusive) && LockQueue.ReadTickets(context.Files).Contains(name);
            return counts ? ticket : null;
        }
        finally
        {
            if (!counts)
                ticket.Dispose();
        }
    }

    private static IFile? TryCreate(IFileSystem files, string name)
    {
        try
        {
            return files.Open(name, FileIntent.CreateNew);
        }
        catch (StorageException e) when (e.Fault == StorageFault.AlreadyExists)
        {
            return null;
        }
    }
}
