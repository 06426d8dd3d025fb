using Persistence.Configuration;
using Persistence.Storage;

namespace Persistence.State;

/// <summary>What a state model hands its commands to: the engine.</summary>
public interface ICommandSink
{
    /// <summary>The store's files, for models that keep some of their own.</summary>
    IFileSystem Files { get; }

    /// <summary>A name, or whatever else has to be unique.</summary>
    Guid NewId();

    /// <summary>Whether the store was closed.</summary>
    bool IsClosed { get; }

    /// <summary>For models about to prepare a commit in files of their own: whether one can be made at all.</summary>
    /// <exception cref="Diagnostics.StoreException">StoreClosed, StoreReadOnly, StoreFaulted.</exception>
    void RequireWritable();

    /// <summary>On a handle that only reads: whether a writer has gone on so far since it was opened that retention may have removed what the handle knows of.</summary>
    bool HasMovedOn { get; }

    /// <summary>How the store behaves just now.</summary>
    StoreOptions Options { get; }

    /// <summary>Has a checkpoint taken soon: a state has more in memory than it should keep.</summary>
    /// <returns>False when nothing is done in the background.</returns>
    bool RequestCheckpoint();

    /// <summary>Has the effects of what was committed carried out, as far as that is possible now.</summary>
    void CarryOutEffects();

    /// <summary>Which of the commits applied may be seen.</summary>
    SnapshotHorizon Horizon { get; }

    /// <summary>
    /// Sequences, logs and applies the batch as one atomic step. On return it is applied, and durable as the mode or
    /// <paramref name="durability"/> promises.
    /// </summary>
    /// <exception cref="Diagnostics.StoreException">Nothing was logged, except with StoreFaulted, after which the outcome is unknown until the store is reopened.</exception>
    CommitResult Commit(CommandBatch batch, CommitDurability durability = CommitDurability.Store);

    /// <summary>As <see cref="Commit"/>, without blocking the caller on the flush. The batch may be reused as soon as this method has returned its task.</summary>
    ValueTask<CommitResult> CommitAsync(CommandBatch batch, CommitDurability durability = CommitDurability.Store);

    /// <summary>A barrier: on return everything that was sequenced before the call is applied, and durable.</summary>
    /// <exception cref="Diagnostics.StoreException">It is not known whether it is: StoreFaulted. Or StoreClosed, StoreReadOnly.</exception>
    void Flush();
}
