namespace Persistence.CrashKit.Terminals.Model;

/// <summary>What requests about panes do.</summary>
internal static class PaneChanges
{
    /// <param name="tree">The tree.</param>
    /// <param name="pane">The pane, which says in which window.</param>
    /// <param name="of">The one whose place is divided; 0: the active one.</param>
    /// <param name="place">right, left, below or above of it.</param>
    /// <param name="percent">How much of its place; null: the same weight.</param>
    public static TreeModel CreatePane(this TreeModel tree, ModelPane pane, int of, string place, int? percent)
    {
        ModelWindow window = tree.Window(pane.Window);
        if (of != 0 && tree.Pane(of).Window != window.Key)
            throw new ModelRefusedException("PaneNotFound");
        ModelWindow divided = window.Layout is null
            ? window with { Layout = ModelLayout.Of(pane.Key), ActivePane = pane.Key }
            : window with { Layout = window.Layout.Divide(of == 0 ? window.ActivePane : of, pane.Key, place, percent) };
        return tree.With(pane).With(divided);
    }

    /// <summary>When the active one goes, the nearest before it in the layout is active, else the first.</summary>
    public static TreeModel DestroyPane(this TreeModel tree, int pane)
    {
        ModelWindow window = tree.Window(tree.Pane(pane).Window);
        int before = window.Panes.TakeWhile(other => other != pane).LastOrDefault();
        ModelLayout? left = window.Layout!.Without(pane);
        int active = window.ActivePane != pane ? window.ActivePane : before != 0 ? before : left?.Panes[0] ?? 0;
        return tree.With(window with { Layout = left, ActivePane = active }) with { Panes = tree.Panes.Remove(pane) };
    }

    public static TreeModel ResizePane(this TreeModel tree, int pane, int columns, int rows) => tree.With(tree.Pane(pane) with { Columns = columns, Rows = rows });

    public static TreeModel SetPaneTitle(this TreeModel tree, int pane, string title) => tree.With(tree.Pane(pane) with { Title = title });

    public static TreeModel ConfigurePane(this TreeModel tree, int pane, string configuration) => tree.With(tree.Pane(pane) with { Configuration = configuration });

    public static TreeModel SelectPane(this TreeModel tree, int window, int pane)
    {
        ModelWindow selected = tree.Window(window) with { ActivePane = pane };
        return tree.Pane(pane).Window == window ? tree.With(selected) : throw new ModelRefusedException("PaneNotFound");
    }
}
