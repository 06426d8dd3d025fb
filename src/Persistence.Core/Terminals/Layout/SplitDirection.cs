namespace Persistence.Terminals;

/// <summary>How the parts of a split lie. On disk, never change.</summary>
public enum SplitDirection : byte
{
    /// <summary>Side by side.</summary>
    SideBySide = 0,

    /// <summary>One above the other.</summary>
    Stacked = 1,
}
