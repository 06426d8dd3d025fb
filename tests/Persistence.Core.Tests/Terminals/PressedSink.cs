using Persistence.Configuration;
using Persistence.State;
using Persistence.Storage;

namespace Persistence.Tests.Terminals;

/// <summary>A store whose checkpoints are always under way, and which takes more output in memory, or less, as a test says.</summary>
internal sealed class PressedSink(ICommandSink store) : ICommandSink
{
    /// <summary>How often it is still said that there is far too much in memory.</summary>
    public int Refusals { get; set; }

    public StoreOptions Options => store.Options with { TerminalScrollbackMemoryBytes = Refusals-- > 0 ? 1 << 20 : 1L << 30 };

    public bool RequestCheckpoint() => true;

    public IFileSystem Files => store.Files;

    public Guid NewId() => store.NewId();

    public bool IsClosed => store.IsClosed;

    public void RequireWritable() => store.RequireWritable();

    public bool HasMovedOn => store.HasMovedOn;

    public void CarryOutEffects() => store.CarryOutEffects();

    public SnapshotHorizon Horizon => store.Horizon;

    public CommitResult Commit(CommandBatch batch, CommitDurability durability) => store.Commit(batch, durability);

    public ValueTask<CommitResult> CommitAsync(CommandBatch batch, CommitDurability durability) => store.CommitAsync(batch, durability);

    public void Flush() => store.Flush();
}
