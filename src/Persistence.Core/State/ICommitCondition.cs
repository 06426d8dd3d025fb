namespace Persistence.State;

/// <summary>What must hold at a commit's place in the log.</summary>
internal interface ICommitCondition
{
    /// <summary>Looked at under the log's lock, before the batch is sequenced. Throwing rejects the batch.</summary>
    void Check();
}
