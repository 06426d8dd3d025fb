namespace Persistence.CrashKit.Protocol;

/// <summary>How far a transaction on lists has come.</summary>
public enum TransactionStage
{
    /// <summary>It is about to begin.</summary>
    Begin,

    /// <summary>It has done all it does and is about to be committed.</summary>
    Commit,

    /// <summary>It was acknowledged.</summary>
    Committed,

    /// <summary>It was refused, and did not happen.</summary>
    Aborted,
}
