namespace Persistence.State;

/// <summary>What a commit waits for.</summary>
public enum CommitDurability
{
    /// <summary>What the store's durability mode promises.</summary>
    Store,

    /// <summary>A flush, whatever the store's mode.</summary>
    Sync,
}
