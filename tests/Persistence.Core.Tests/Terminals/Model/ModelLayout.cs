namespace Persistence.Tests.Terminals.Model;

/// <summary>A layout: a pane, or parts with their weights.</summary>
internal sealed class ModelLayout
{
    public long Pane { get; init; }

    public char Direction { get; init; }

    public List<(ModelLayout Layout, int Weight)> Parts { get; init; } = [];

    public IEnumerable<long> Panes => Direction == default ? [Pane] : Parts.SelectMany(static part => part.Layout.Panes);

    public int Depth => Direction == default ? 1 : 1 + Parts.Max(static part => part.Layout.Depth);

    /// <summary>With a new pane beside another.</summary>
    public ModelLayout Divide(long target, long pane, char direction, bool isBefore, int? percent)
    {
        if (Direction == default)
            return Pane == target ? Pair(this, new ModelLayout { Pane = pane }, direction, isBefore, percent) : this;
        List<(ModelLayout, int)> parts = [];
        foreach ((ModelLayout layout, int weight) in Parts)
        {
            if (layout.Direction == default && layout.Pane == target && direction == Direction && percent is null)
                parts.AddRange(isBefore ? [(new ModelLayout { Pane = pane }, weight), (layout, weight)] : [(layout, weight), (new ModelLayout { Pane = pane }, weight)]);
            else
                parts.Add((layout.Divide(target, pane, direction, isBefore, percent), weight));
        }

        return new ModelLayout { Direction = Direction, Parts = parts };
    }

    /// <summary>Without a pane; null when nothing is left.</summary>
    public ModelLayout? Without(long pane)
    {
        if (Direction == default)
            return Pane == pane ? null : this;
        List<(ModelLayout, int)> left = [];
        foreach ((ModelLayout layout, int weight) in Parts)
        {
            if (layout.Without(pane) is ModelLayout rest)
                left.Add((rest, weight));
        }

        return left.Count == 1 ? left[0].Item1 : new ModelLayout { Direction = Direction, Parts = left };
    }

    public override string ToString() => Direction == default
        ? $"{Pane}"
        : $"[{string.Join(Direction, Parts.Select(static part => part.Weight == 1 ? $"{part.Layout}" : $"{part.Weight}*{part.Layout}"))}]";

    private static ModelLayout Pair(ModelLayout old, ModelLayout added, char direction, bool isBefore, int? percent)
    {
        (ModelLayout, int) first = (old, 100 - percent ?? 1);
        (ModelLayout, int) second = (added, percent ?? 1);
        return new ModelLayout { Direction = direction, Parts = isBefore ? [second, first] : [first, second] };
    }
}
