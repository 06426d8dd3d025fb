namespace Persistence.CrashKit.Terminals.Model;

/// <summary>What requests about sessions do.</summary>
internal static class SessionChanges
{
    public static TreeModel CreateSession(this TreeModel tree, int key, string name)
    {
        RequireFree(tree, key, name);
        return tree.With(new ModelSession(key, name));
    }

    public static TreeModel RenameSession(this TreeModel tree, int session, string name)
    {
        ModelSession renamed = tree.Session(session) with { Name = name };
        RequireFree(tree, session, name);
        return tree.With(renamed);
    }

    public static TreeModel DestroySession(this TreeModel tree, int session)
    {
        int[] windows = [.. tree.Session(session).Windows.Values];
        return tree with
        {
            Sessions = tree.Sessions.Remove(session),
            Windows = tree.Windows.RemoveRange(windows),
            Panes = tree.Panes.RemoveRange(windows.SelectMany(window => tree.Windows[window].Panes)),
        };
    }

    public static TreeModel SetMetadata(this TreeModel tree, int session, string key, string value) =>
        tree.With(tree.Session(session) with { Metadata = tree.Session(session).Metadata.SetItem(key, value) });

    public static TreeModel UnsetMetadata(this TreeModel tree, int session, string key) =>
        tree.With(tree.Session(session) with { Metadata = tree.Session(session).Metadata.Remove(key) });

    /// <param name="tree">The tree.</param>
    /// <param name="session">The session.</param>
    /// <param name="name">The variable.</param>
    /// <param name="text">What is said of it, as <see cref="VariableText"/> has it.</param>
    public static TreeModel SetEnvironment(this TreeModel tree, int session, string name, string text) =>
        tree.With(tree.Session(session) with { Environment = tree.Session(session).Environment.SetItem(name, text) });

    public static TreeModel UnsetEnvironment(this TreeModel tree, int session, string name) =>
        tree.With(tree.Session(session) with { Environment = tree.Session(session).Environment.Remove(name) });

    public static TreeModel SelectWindow(this TreeModel tree, int session, int window)
    {
        ModelSession selected = tree.Session(session) with { ActiveWindow = window };
        return tree.Window(window).Session == session ? tree.With(selected) : throw new ModelRefusedException("WindowNotFound");
    }

    private static void RequireFree(TreeModel tree, int key, string name)
    {
        if (tree.Sessions.Values.Any(other => other.Key != key && other.Name.Equals(name, StringComparison.OrdinalIgnoreCase)))
            throw new ModelRefusedException("SessionExists");
    }
}
