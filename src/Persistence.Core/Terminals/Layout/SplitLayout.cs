namespace Persistence.Terminals;

/// <summary>A place divided in two parts or more.</summary>
public sealed record SplitLayout : TerminalLayout
{
    private readonly LayoutPart[] _parts;
    private readonly PaneId[] _panes;

    /// <param name="direction">How the parts lie.</param>
    /// <param name="parts">From left to right, or from top to bottom.</param>
    /// <exception cref="ArgumentException">There are fewer than two, or splits are nested deeper than <see cref="TerminalLayout.DepthMax"/>.</exception>
    public SplitLayout(SplitDirection direction, IReadOnlyList<LayoutPart> parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        if (!Enum.IsDefined(direction))
            throw new ArgumentException("There is no such direction.", nameof(direction));
        if (parts.Count < 2 || parts.Any(static part => part is null))
            throw new ArgumentException("A split has two parts or more.", nameof(parts));
        Direction = direction;
        _parts = [.. parts];
        _panes = [.. _parts.SelectMany(static part => part.Layout.Panes)];
        Depth = 1 + _parts.Max(static part => part.Layout.Depth);
        if (Depth > DepthMax)
            throw new ArgumentException($"Splits are nested deeper than {DepthMax}.", nameof(parts));
    }

    /// <summary>How the parts lie.</summary>
    public SplitDirection Direction { get; }

    /// <summary>The parts, from left to right or from top to bottom.</summary>
    public IReadOnlyList<LayoutPart> Parts => _parts;

    /// <inheritdoc/>
    public override IReadOnlyList<PaneId> Panes => _panes;

    /// <inheritdoc/>
    public override int Depth { get; }

    /// <summary>Whether it is the same division of the same panes.</summary>
    public bool Equals(SplitLayout? other) => other is not null && Direction == other.Direction && _parts.AsSpan().SequenceEqual(other._parts);

    /// <inheritdoc/>
    public override int GetHashCode() => _panes.Aggregate((int)Direction, static (hash, pane) => HashCode.Combine(hash, pane));

    /// <summary>"[1|2*2]" side by side, "[1/2]" one above the other.</summary>
    public override string ToString() => $"[{string.Join(Direction == SplitDirection.SideBySide ? '|' : '/', Parts)}]";
}
