namespace Persistence.CrashKit.Oracle.Transactions;

/// <summary>What a client knows about the end of a transaction.</summary>
public enum TransactionOutcome
{
    /// <summary>Acknowledged: it happened, and has to last.</summary>
    Committed,

    /// <summary>It did not happen, for certain.</summary>
    Aborted,

    /// <summary>In flight when the process died, or failed in a way that leaves it open: it happened as a whole or not at all, before its life ended.</summary>
    Unknown,
}
