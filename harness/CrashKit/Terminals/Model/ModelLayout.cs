using System.Globalization;

namespace Persistence.CrashKit.Terminals.Model;

/// <summary>How panes share a window, as it must be (Terminals/FORMAT.md): one pane, or parts side by side or one above the other.</summary>
internal sealed class ModelLayout
{
    private readonly int _pane;
    private readonly bool _isSideBySide;
    private readonly (ModelLayout Layout, int Weight)[] _parts;

    private ModelLayout(int pane, bool isSideBySide, (ModelLayout, int)[] parts)
    {
        _pane = pane;
        _isSideBySide = isSideBySide;
        _parts = parts;
    }

    /// <summary>The panes, from left to right and from top to bottom.</summary>
    public IReadOnlyList<int> Panes => _parts.Length == 0 ? [_pane] : [.. _parts.SelectMany(static part => part.Layout.Panes)];

    public bool IsPane => _parts.Length == 0;

    public bool IsSideBySide => _isSideBySide;

    public int Pane => _pane;

    public IReadOnlyList<(ModelLayout Layout, int Weight)> Parts => _parts;

    public static ModelLayout Of(int pane) => new(pane, false, []);

    public static ModelLayout Split(bool isSideBySide, params IEnumerable<(ModelLayout, int)> parts) => new(0, isSideBySide, [.. parts]);

    /// <summary>The layout with a pane beside another.</summary>
    /// <param name="target">Whose place is divided.</param>
    /// <param name="pane">The new one.</param>
    /// <param name="place">right, left, below or above.</param>
    /// <param name="percent">How much of the place it gets; null: the same weight as the other.</param>
    public ModelLayout Divide(int target, int pane, string place, int? percent)
    {
        bool sideBySide = place is "right" or "left";
        if (IsPane)
            return _pane == target ? Split(sideBySide, InOrder(place, (this, percent is int taken ? 100 - taken : 1), (Of(pane), percent ?? 1))) : this;
        List<(ModelLayout, int)> parts = [];
        foreach ((ModelLayout layout, int weight) in _parts)
        {
            if (layout.IsPane && layout._pane == target && sideBySide == _isSideBySide && percent is null)
                parts.AddRange(InOrder(place, (layout, weight), (Of(pane), weight)));
            else
                parts.Add((layout.Divide(target, pane, place, percent), weight));
        }

        return Split(_isSideBySide, parts);
    }

    /// <summary>The layout without a pane: what is beside it gets its place.</summary>
    /// <returns>Null when nothing is left.</returns>
    public ModelLayout? Without(int pane)
    {
        if (IsPane)
            return _pane == pane ? null : this;
        List<(ModelLayout Layout, int)> left = [];
        foreach ((ModelLayout layout, int weight) in _parts)
        {
            if (layout.Without(pane) is ModelLayout rest)
                left.Add((rest, weight));
        }

        return left.Count == 1 ? left[0].Layout : Split(_isSideBySide, left);
    }

    /// <summary>"[1|2*2]" side by side, "[1/2]" one above the other.</summary>
    /// <param name="nameOf">What a pane is called.</param>
    public string ToText(Func<int, string> nameOf)
    {
        if (IsPane)
            return nameOf(_pane);
        IEnumerable<string> parts = _parts.Select(part => part.Weight == 1 ? part.Layout.ToText(nameOf) : string.Create(CultureInfo.InvariantCulture, $"{part.Weight}*{part.Layout.ToText(nameOf)}"));
        return $"[{string.Join(_isSideBySide ? '|' : '/', parts)}]";
    }

    private static (ModelLayout, int)[] InOrder(string place, (ModelLayout, int) old, (ModelLayout, int) added) => place is "left" or "above" ? [added, old] : [old, added];
}
