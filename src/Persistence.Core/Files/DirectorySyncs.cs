using Persistence.Storage;

namespace Persistence.Files;

/// <summary>
/// Syncs of the directories of files, by transactions and by whoever carries changes out, at the same time. What one that fails was to make durable is not made so by a later one, whoever asks for it: so each
/// notes how many had failed before it did what it wants to be durable. Thread-safe.
/// </summary>
internal sealed class DirectorySyncs
{
    private int _failed;

    /// <summary>How many have failed since the store was opened.</summary>
    public int Failed => Volatile.Read(ref _failed);

    /// <summary>Makes durable what was done to the names in a directory since so many syncs had failed.</summary>
    /// <param name="files">The store's files.</param>
    /// <param name="directory">Which.</param>
    /// <param name="failedBefore">What <see cref="Failed"/> was before it was done.</param>
    /// <exception cref="StorageException">It is not durable, and no later sync makes it so.</exception>
    public void Sync(IFileSystem files, string directory, int failedBefore)
    {
        try
        {
            files.SyncDirectory(directory);
        }
        catch (StorageException)
        {
            Interlocked.Increment(ref _failed);
            throw;
        }

        if (Failed != failedBefore)
            throw new StorageException(StorageFault.Failed, "sync directory", directory, "another sync has failed meanwhile, and what that was to make durable is not made so by this one");
    }

    public void Reset() => Volatile.Write(ref _failed, 0);
}
