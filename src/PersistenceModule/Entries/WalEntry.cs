using Persistence.Entities;

namespace PersistenceModule;

/// <summary>One entry of the log.</summary>
public sealed class WalEntry
{
    internal WalEntry()
    {
    }

    /// <summary>Its position in the log; null for what is in none yet, or never came into it: a change of a transaction that is open, or was rolled back.</summary>
    public long? Lsn { get; internal init; }

    /// <summary>When it was made; null as for <see cref="Lsn"/>.</summary>
    public DateTimeOffset? Time { get; internal init; }

    /// <summary>What it records.</summary>
    public WalEntryKind Kind { get; internal init; }

    /// <summary>The state item's key, or null.</summary>
    public string? Key { get; internal init; }

    /// <summary>The application record's type, or null.</summary>
    public string? Type { get; internal init; }

    /// <summary>The name of the file that was written or deleted, or null.</summary>
    public string? FileName { get; internal init; }

    /// <summary>The number of the terminal session it is about, or null.</summary>
    public long? SessionId { get; internal init; }

    /// <summary>The number of the terminal window it is about, or null.</summary>
    public long? WindowId { get; internal init; }

    /// <summary>The number of the terminal pane it is about, or null.</summary>
    public long? PaneId { get; internal init; }

    /// <summary>The id of the entity it is about, or null.</summary>
    public EntityId? EntityId { get; internal init; }

    /// <summary>The table of components it is about, by the name it has today, or as <c>#3</c> where it is gone; null for others.</summary>
    public string? Table { get; internal init; }

    /// <summary>What was written, or null.</summary>
    public object? Value { get; internal init; }

    /// <summary>What the key held before, or null: then <see cref="HadPrevious"/> tells whether it held anything.</summary>
    public object? PreviousValue { get; internal init; }

    /// <summary>Whether the key, the file, or the component that was set existed before.</summary>
    public bool HadPrevious { get; internal init; }

    /// <summary>The entry that wrote the previous value, given where that was too large to be repeated; otherwise null.</summary>
    public long? PreviousLsn { get; internal init; }

    /// <summary>What entries of one transaction have in common; null outside one.</summary>
    public long? TransactionId { get; internal init; }

    /// <summary>Whether it is known to be flushed. An entry that is not may be gone after a power cut.</summary>
    public bool IsDurable { get; internal init; }
}
