namespace Persistence.Configuration;

/// <summary>When a commit becomes durable.</summary>
public enum DurabilityMode
{
    /// <summary>Before it is acknowledged: one flush per commit, shared by commits that arrive together.</summary>
    Sync,

    /// <summary>At most every <see cref="StoreOptions.FlushIntervalMs"/>, or at a flush. An acknowledgement alone promises nothing; the flush does.</summary>
    Batch,

    /// <summary>At a flush only.</summary>
    None,
}
