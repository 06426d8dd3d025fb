using Persistence.Storage;

namespace Persistence.Locking;

/// <summary>
/// The right to write a store: an exclusive lock of the operating system on LOCK, which ends with the process, however that
/// ends. So a dead owner's store is free at once. Who gets it next, if several wait, is in FORMAT.md.
/// </summary>
internal sealed class StoreLock : IDisposable
{
    public const string FileName = "LOCK";

    private readonly IFile _file;

    private StoreLock(IFile file) => _file = file;

    /// <summary>Whether the file that is locked is there, locked or not.</summary>
    public static bool Exists(IFileSystem files) => files.List("").Any(entry => entry.Name == FileName);

    /// <summary>
    /// Whether somebody holds the lock. To find out it is taken for a moment, shared, if nobody does: so this is for a store
    /// whose owner seems to be at work, or for which others wait, where nobody is turned away by it.
    /// </summary>
    public static bool IsHeld(IFileSystem files)
    {
        try
        {
            using IFile file = files.Open(FileName, FileIntent.Read);
            return !file.TryLock(FileLockKind.Shared);
        }
        catch (StorageException e)
        {
            return e.Fault == StorageFault.Locked;
        }
    }

    /// <summary>Takes the lock, waiting up to <paramref name="timeoutMs"/> (0: not at all) behind those who wait already.</summary>
    /// <param name="context">The outside world.</param>
    /// <param name="timeoutMs">How long to wait at most.</param>
    /// <param name="breaker">Spares waits that would be in vain, or null. Not asked where nobody is to wait.</param>
    /// <param name="stopping">Gives up the wait.</param>
    /// <exception cref="StoreLockedException">StoreLocked: somebody holds it, or waits for it; LockTimeout: not had in time.</exception>
    /// <exception cref="CircuitOpenException">The breaker is open.</exception>
    /// <exception cref="OperationCanceledException">The wait was given up.</exception>
    public static StoreLock Acquire(LockContext context, int timeoutMs, CircuitBreaker? breaker = null, CancellationToken stopping = default) =>
        breaker is null || timeoutMs == 0
            ? Acquire(context, timeoutMs, stopping)
            : breaker.Run(() => Acquire(context, timeoutMs, stopping));

    public void Dispose() => _file.Dispose();

    private static StoreLock Acquire(LockContext context, int timeoutMs, CancellationToken stopping)
    {
        IFile file = context.Files.Open(FileName, FileIntent.OpenOrCreate);
        try
        {
            // In this order: who comes while others wait does not even try.
            bool othersWait = LockQueue.HasWaiters(context.Files);
            if (othersWait || !file.TryLock(FileLockKind.Exclusive))
                Wait(context, file, timeoutMs, othersWait, stopping);
            return new StoreLock(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static void Wait(LockContext context, IFile file, int timeoutMs, bool othersWait, CancellationToken stopping)
    {
        if (timeoutMs > 0)
            new LockWait(context, file, timeoutMs, stopping).Run();
        else if (othersWait && !IsHeld(context.Files))
            throw StoreLockedException.OthersComeFirst();
        else
            throw StoreLockedException.Held(LockOwner.TryRead(context.Files));
    }
}
