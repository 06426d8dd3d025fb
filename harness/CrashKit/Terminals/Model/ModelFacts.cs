using System.Globalization;

namespace Persistence.CrashKit.Terminals.Model;

/// <summary>The facts of a model, by the host's numbers.</summary>
/// <param name="Sessions">Numbers of sessions.</param>
/// <param name="Windows">Numbers of windows.</param>
/// <param name="Panes">Numbers of panes.</param>
internal sealed record ModelFacts(Identities Sessions, Identities Windows, Identities Panes)
{
    public ModelFacts()
        : this(new Identities(), new Identities(), new Identities())
    {
    }

    /// <summary>All numbers that were told are given out for ever.</summary>
    public void Promise()
    {
        Sessions.Promise();
        Windows.Promise();
        Panes.Promise();
    }

    /// <summary>A tree was found: numbers that are not of what is in it, and were not promised, may be told again.</summary>
    public void Settle(TreeModel tree)
    {
        Sessions.Settle(tree.Sessions.Keys);
        Windows.Settle(tree.Windows.Keys);
        Panes.Settle(tree.Panes.Keys);
    }

    public FactSheet Of(TreeModel tree) => Of(tree, Sessions.NameOf, Windows.NameOf, Panes.NameOf);

    /// <summary>The facts of a tree in which all have the host's own numbers.</summary>
    public static FactSheet OfNumbered(TreeModel tree) => Of(tree, NumberOf, NumberOf, NumberOf);

    private static FactSheet Of(TreeModel tree, Func<int, string> sessionName, Func<int, string> windowName, Func<int, string> paneName)
    {
        FactSheet sheet = new();
        foreach (ModelSession session in tree.Sessions.Values)
            sheet.AddSession(sessionName(session.Key), session.Name, windowName(session.ActiveWindow), session.Metadata, session.Environment);
        foreach (ModelWindow window in tree.Windows.Values)
            sheet.AddWindow(windowName(window.Key), sessionName(window.Session), window.Index, window.Name, paneName(window.ActivePane), window.Layout?.ToText(paneName) ?? "");
        foreach (ModelPane pane in tree.Panes.Values)
            sheet.AddPane(paneName(pane.Key), windowName(pane.Window), pane.Columns, pane.Rows, pane.Configuration, pane.Title);
        return sheet;
    }

    private static string NumberOf(int key) => key.ToString(CultureInfo.InvariantCulture);
}
