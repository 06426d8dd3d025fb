namespace Persistence.State;

/// <summary>Flags of a record. On disk, never change.</summary>
[Flags]
public enum RecordFlags : byte
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>A reader that does not know the record's type or version may go on without it.</summary>
    Skippable = 1,

    /// <summary>The next record belongs to the same transaction.</summary>
    MoreFollow = 2,

    /// <summary>Part of a transaction that takes several frames: applied, or not, when the record that ends the transaction is read.</summary>
    Deferred = 4,
}
