using Persistence.Configuration;
using Persistence.State;
using Persistence.Storage;

namespace Persistence.Engine;

/// <summary>What states are attached to while they are written into a new store: they are only captured.</summary>
internal sealed class FoundingSink(IFileSystem files, StoreOptions options, Lsn visible) : ICommandSink
{
    public StoreOptions Options => options;

    public IFileSystem Files => files;

    public bool IsClosed => true;

    public bool HasMovedOn => false;

    public SnapshotHorizon Horizon { get; } = new(visible);

    public Guid NewId() => throw NotOpen();

    public void RequireWritable() => throw NotOpen();

    public void CarryOutEffects()
    {
    }

    public bool RequestCheckpoint() => false;

    public CommitResult Commit(CommandBatch batch, CommitDurability durability = CommitDurability.Store) => throw NotOpen();

    public ValueTask<CommitResult> CommitAsync(CommandBatch batch, CommitDurability durability = CommitDurability.Store) => throw NotOpen();

    public void Flush() => throw NotOpen();

    private static InvalidOperationException NotOpen() => new("The store is only being made.");
}
