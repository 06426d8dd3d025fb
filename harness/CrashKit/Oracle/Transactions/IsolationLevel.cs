namespace Persistence.CrashKit.Oracle.Transactions;

/// <summary>What a store promises about transactions that run beside each other. At every level a life comes after the lives before it.</summary>
public enum IsolationLevel
{
    /// <summary>Everything a transaction reads is of one moment; of two that run beside each other and append to one key, one fails. Write skew is allowed.</summary>
    SnapshotIsolation,

    /// <summary>As if the transactions had run one after the other, in some order.</summary>
    Serializable,

    /// <summary>Serializable, and what was acknowledged before another began comes before it.</summary>
    StrictSerializable,
}
