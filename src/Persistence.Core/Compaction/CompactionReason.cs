namespace Persistence.Compaction;

/// <summary>Why a store was compacted.</summary>
public enum CompactionReason
{
    /// <summary>Somebody asked for it.</summary>
    Requested,

    /// <summary>The increments had too many bytes.</summary>
    Size,

    /// <summary>The increments had too large a share of the full checkpoint they build on.</summary>
    Ratio,

    /// <summary>The full checkpoint they build on was too old.</summary>
    Age,
}
