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

    public FactSheet Of(TreeModel tree)
    {
        FactSheet sheet = new();
        foreach (ModelSession session in tree.Sessions.Values)
            sheet.AddSession(Sessions.NameOf(session.Key), session.Name, Windows.NameOf(session.ActiveWindow), session.Metadata, session.Environment);
        foreach (ModelWindow window in tree.Windows.Values)
            sheet.AddWindow(Windows.NameOf(window.Key), Sessions.NameOf(window.Session), window.Index, window.Name, Panes.NameOf(window.ActivePane), window.Layout?.ToText(Panes.NameOf) ?? "");
        foreach (ModelPane pane in tree.Panes.Values)
            sheet.AddPane(Panes.NameOf(pane.Key), Windows.NameOf(pane.Window), pane.Columns, pane.Rows, pane.Configuration, pane.Title);
        return sheet;
    }
}
