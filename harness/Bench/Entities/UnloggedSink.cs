using Persistence.Configuration;
using Persistence.Engine;
using Persistence.Serialization;
using Persistence.State;
using Persistence.Storage;

namespace Persistence.Harness.Bench.Entities;

/// <summary>
/// What a state commits to that is only in memory: batches are checked, sequenced and applied as in a store, and then may be seen, and nothing is written. For one thread.
/// </summary>
internal sealed class UnloggedSink : ICommandSink
{
    private readonly ModelCommitHandler _handler;
    private readonly GrowableBuffer _record = new(RecordLimits.RecordBytesMax * 2);
    private long _next = 1;

    /// <summary>Attaches a state that is empty.</summary>
    public UnloggedSink(IStateModel model)
    {
        _handler = new ModelCommitHandler(new StateModels([model]), Horizon);
        model.Attach(this);
    }

    public IFileSystem Files => throw new NotSupportedException("There are none.");

    public bool IsClosed => false;

    public bool HasMovedOn => false;

    public StoreOptions Options { get; } = new();

    public SnapshotHorizon Horizon { get; } = new(Lsn.None);

    public Guid NewId() => Guid.NewGuid();

    public void RequireWritable()
    {
    }

    /// <summary>Everything is applied, and nothing is to be written.</summary>
    public void Flush()
    {
    }

    public bool RequestCheckpoint() => false;

    public void CarryOutEffects()
    {
    }

    public CommitResult Commit(CommandBatch batch, CommitDurability durability = CommitDurability.Store)
    {
        batch.ResetTails();
        try
        {
            _handler.Sequence(batch);
        }
        catch
        {
            _handler.EndSequence(accepted: false);
            throw;
        }

        _handler.EndSequence(accepted: true);
        Lsn first = new(_next);
        for (int i = 0; i < batch.Count; i++)
            Apply(batch, i);
        return new CommitResult(first, new Lsn(_next), Timestamp: 0);
    }

    public ValueTask<CommitResult> CommitAsync(CommandBatch batch, CommitDurability durability = CommitDurability.Store) => ValueTask.FromResult(Commit(batch, durability));

    private void Apply(CommandBatch batch, int index)
    {
        CommandBatch.Command command = batch.GetCommand(index);
        _record.Reset();
        _record.Write(batch.GetPayload(index));
        _record.Write(batch.GetTail(index));
        _handler.Apply(new LogRecord
        {
            Lsn = new Lsn(_next++),
            Type = command.Type,
            Version = command.Version,
            Flags = index < batch.Count - 1 ? command.Flags | RecordFlags.MoreFollow : command.Flags,
            Payload = _record.WrittenSpan,
        });
    }
}
