using Persistence.State;

namespace Persistence.Wal;

/// <summary>What the log asks of the states above it.</summary>
internal interface ICommitHandler
{
    /// <summary>Checks every command of the batch and adds the tails. Called under the log's lock, in LSN order. Throwing rejects the batch.</summary>
    void Sequence(CommandBatch batch);

    /// <summary>Whether the batch takes away and adds nothing, so that it may use what is held for a full disk.</summary>
    bool OnlyRemoves(CommandBatch batch);

    /// <summary>Ends what <see cref="Sequence"/> began. Called under the log's lock.</summary>
    void EndSequence(bool accepted);

    /// <summary>Nothing sequenced is waiting to be applied. Called under the log's lock.</summary>
    void ForgetSequenced();

    /// <summary>Applies one record. Called in LSN order, by one thread at a time.</summary>
    void Apply(in LogRecord record);
}
