namespace Persistence.CrashKit.Terminals.Model;

/// <summary>What requests about windows do.</summary>
internal static class WindowChanges
{
    public static TreeModel CreateWindow(this TreeModel tree, int key, int session, string name, int? index) =>
        Put(tree, new ModelWindow(key, session, index ?? NextIndex(tree.Session(session)), name));

    public static TreeModel RenameWindow(this TreeModel tree, int window, string name) => tree.With(tree.Window(window) with { Name = name });

    public static TreeModel DestroyWindow(this TreeModel tree, int window)
    {
        TreeModel without = TakeOut(tree, tree.Window(window));
        return without with { Windows = without.Windows.Remove(window), Panes = without.Panes.RemoveRange(tree.Window(window).Panes) };
    }

    /// <summary>The index after the greatest is that of all windows there are, this one included.</summary>
    public static TreeModel MoveWindow(this TreeModel tree, int window, int session, int? index)
    {
        ModelWindow moved = tree.Window(window);
        int at = index ?? NextIndex(tree.Session(session));
        bool staysActive = moved.Session == session && tree.Session(session).ActiveWindow == window;
        TreeModel result = Put(TakeOut(tree, moved), moved with { Session = session, Index = at });
        return staysActive ? result.With(result.Session(session) with { ActiveWindow = window }) : result;
    }

    public static TreeModel SetLayout(this TreeModel tree, int window, ModelLayout? layout)
    {
        IReadOnlyList<int> listed = layout?.Panes ?? [];
        bool isWhole = listed.Order().SequenceEqual(tree.Window(window).Panes.Order());
        return isWhole ? tree.With(tree.Window(window) with { Layout = layout }) : throw new ModelRefusedException("LayoutInvalid");
    }

    private static int NextIndex(ModelSession session) => session.Windows.IsEmpty ? 0 : session.Windows.Keys.Max() + 1;

    /// <summary>The first window of a session is active.</summary>
    private static TreeModel Put(TreeModel tree, ModelWindow window)
    {
        ModelSession session = tree.Session(window.Session);
        if (session.Windows.ContainsKey(window.Index))
            throw new ModelRefusedException("WindowExists");
        return tree.With(window).With(session with
        {
            Windows = session.Windows.Add(window.Index, window.Key),
            ActiveWindow = session.ActiveWindow == 0 ? window.Key : session.ActiveWindow,
        });
    }

    /// <summary>When the active one goes, the nearest before it is active, else the first.</summary>
    private static TreeModel TakeOut(TreeModel tree, ModelWindow window)
    {
        ModelSession session = tree.Session(window.Session);
        ModelSession left = session with { Windows = session.Windows.Remove(window.Index) };
        if (session.ActiveWindow != window.Key)
            return tree.With(left);
        int[] before = [.. left.Windows.Where(other => other.Key < window.Index).Select(static other => other.Value)];
        return tree.With(left with { ActiveWindow = before.Length > 0 ? before[^1] : left.Windows.Values.FirstOrDefault() });
    }
}
