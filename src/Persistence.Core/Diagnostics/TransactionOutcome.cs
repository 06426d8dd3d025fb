namespace Persistence.Diagnostics;

/// <summary>How a transaction has ended, as telemetry tells it.</summary>
internal enum TransactionOutcome
{
    /// <summary>It was committed; a nested one: taken over by the one it is nested in.</summary>
    Committed,

    /// <summary>Whoever had it rolled it back.</summary>
    RolledBack,

    /// <summary>It could not be committed, and was rolled back because of that.</summary>
    Aborted,

    /// <summary>The store failed in the middle of its commit.</summary>
    Unknown,
}
