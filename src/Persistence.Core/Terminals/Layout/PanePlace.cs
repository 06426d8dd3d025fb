namespace Persistence.Terminals;

/// <summary>Where a new pane goes, seen from the one whose place it divides. On disk, never change.</summary>
public enum PanePlace : byte
{
    /// <summary>To its right.</summary>
    Right = 0,

    /// <summary>To its left.</summary>
    Left = 1,

    /// <summary>Below it.</summary>
    Below = 2,

    /// <summary>Above it.</summary>
    Above = 3,
}
