using Persistence.State;
using Persistence.Wal;

namespace Persistence.Engine;

/// <summary>Connects the log to the registered state models.</summary>
internal sealed class ModelCommitHandler(StateModels models, SnapshotHorizon horizon) : ICommitHandler
{
    public void Sequence(CommandBatch batch)
    {
        batch.Condition?.Check();
        for (int i = 0; i < batch.Count; i++)
        {
            CommandBatch.Command command = batch.GetCommand(i);
            models.Sequence(command.Type, command.Version, batch.GetPayload(i), batch.BeginTail(i, out int offset));
            batch.EndTail(i, offset);
        }
    }

    public bool OnlyRemoves(CommandBatch batch)
    {
        for (int i = 0; i < batch.Count; i++)
        {
            if (!models.IsRemoval(batch.GetCommand(i).Type))
                return false;
        }

        return true;
    }

    public void EndSequence(bool accepted) => models.EndSequence(accepted);

    public void ForgetSequenced() => models.ForgetSequenced();

    public void Apply(in LogRecord record)
    {
        models.Apply(record);
        if (!record.HasMoreToFollow)
            horizon.Advance(record.Lsn);
    }
}
