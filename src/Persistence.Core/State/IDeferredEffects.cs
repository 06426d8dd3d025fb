using Persistence.Storage;

namespace Persistence.State;

/// <summary>
/// A state model whose committed changes do something to files, once they are durable. Whatever a crash or an error keeps from being done is done
/// after the next opening: each effect can be carried out again.
/// </summary>
public interface IDeferredEffects
{
    /// <summary>How many are still to be carried out.</summary>
    int PendingCount { get; }

    /// <summary>Carries the oldest of them out, in order. One thread at a time.</summary>
    /// <param name="files">The store's files.</param>
    /// <param name="count">How many. Their commits are durable; of those behind them nobody knows.</param>
    /// <param name="note">Takes the command that says so; it is committed next, on its own.</param>
    /// <exception cref="StorageException">One could not be: it is tried again.</exception>
    void CarryOut(IFileSystem files, int count, CommandBatch note);

    /// <summary>Paths of what nobody refers to any more, before anybody writes to the store that was opened: it is removed then.</summary>
    IReadOnlyList<string> FindLeftovers(IFileSystem files);

    /// <summary>The log below a position is no longer kept: nor are the backups of changes in it.</summary>
    void ForgetBelow(IFileSystem files, Lsn position);
}
