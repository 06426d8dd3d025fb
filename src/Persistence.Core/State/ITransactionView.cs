namespace Persistence.State;

/// <summary>What a state model keeps for one transaction: its changes, so that it reads them, and what it has read.</summary>
public interface ITransactionView
{
    /// <summary>How many changes it holds.</summary>
    int ChangeCount { get; }

    /// <summary>Forgets the changes above a number of them. What was read in between stays read.</summary>
    void RollBackTo(int changeCount);

    /// <summary>The transaction is about to be committed: whatever the commit will rest on is made durable. It is not yet known whether it can be committed.</summary>
    void Prepare()
    {
    }

    /// <summary>The transaction has ended. Not called when its outcome is unknown.</summary>
    void End(bool isCommitted)
    {
    }

    /// <summary>
    /// What the transaction has read and another commit has changed since its snapshot, in words; null when there is none. Called under the log's lock:
    /// what is sequenced and not yet applied counts.
    /// </summary>
    string? FindConflict();
}
