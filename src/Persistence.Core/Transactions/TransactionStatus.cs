namespace Persistence.Transactions;

/// <summary>What has become of a transaction.</summary>
public enum TransactionStatus
{
    /// <summary>It is open.</summary>
    Active,

    /// <summary>Its commit is under way: it can be neither changed nor rolled back any more, and is open again if it is not logged for want of space.</summary>
    Committing,

    /// <summary>It is committed; a nested one: taken over by the one it is nested in.</summary>
    Committed,

    /// <summary>Nothing of it counts.</summary>
    RolledBack,

    /// <summary>The store failed in the middle of the commit. Whether it counts, the next opening finds out.</summary>
    Unknown,
}
