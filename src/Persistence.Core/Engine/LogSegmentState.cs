namespace Persistence.Engine;

/// <summary>What a segment's file is.</summary>
public enum LogSegmentState
{
    /// <summary>New records go there.</summary>
    Active,

    /// <summary>Full, or closed: another one continues it.</summary>
    Sealed,

    /// <summary>Prepared ahead, or recycled, without content.</summary>
    Spare,

    /// <summary>In the archive.</summary>
    Archived,

    /// <summary>Its header is damaged or cannot be read.</summary>
    Damaged,
}
