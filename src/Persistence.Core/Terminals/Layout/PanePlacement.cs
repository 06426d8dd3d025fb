namespace Persistence.Terminals;

/// <summary>Where a new pane goes in its window.</summary>
public sealed record PanePlacement
{
    private readonly PanePlace _place;
    private readonly int? _percent;

    /// <summary>To the right of the active pane, with as much place as that.</summary>
    public static PanePlacement Default { get; } = new();

    /// <summary>The pane whose place is divided; none: the active one.</summary>
    public PaneId Of { get; init; }

    /// <summary>On which side of it.</summary>
    /// <exception cref="ArgumentException">There is no such side.</exception>
    public PanePlace Place { get => _place; init => _place = Enum.IsDefined(value) ? value : throw new ArgumentException("There is no such side of a pane.", nameof(Place)); }

    /// <summary>How much of its place, 1 to 99; null: as much as it keeps.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Less, or more.</exception>
    public int? Percent
    {
        get => _percent;
        init
        {
            if (value is int percent)
            {
                ArgumentOutOfRangeException.ThrowIfLessThan(percent, 1, nameof(Percent));
                ArgumentOutOfRangeException.ThrowIfGreaterThan(percent, 99, nameof(Percent));
            }

            _percent = value;
        }
    }

    internal SplitDirection Direction => Place is PanePlace.Right or PanePlace.Left ? SplitDirection.SideBySide : SplitDirection.Stacked;

    internal bool IsBefore => Place is PanePlace.Left or PanePlace.Above;
}
