using Persistence.CrashKit.Terminals.Model;

namespace Persistence.CrashKit.Terminals.Work;

/// <summary>Draws requests about windows; null where there is nothing to draw from.</summary>
internal sealed class WindowRequestSource(WorkloadView view)
{
    private const int IndexMax = 100;
    private const int NearIndexMax = 8;
    private const int WeightMax = 5;

    public CreateRequest? Create() => view.Pick(view.Sessions.Where(static session => session.Windows.Count < 2 * TerminalWorkload.WindowsOfSession)) is ModelSession session ? Create(session) : null;

    /// <param name="session">Where.</param>
    /// <param name="index">At which index; null: at any.</param>
    public CreateRequest Create(ModelSession session, int? index = null)
    {
        int key = view.NewKey();
        string name = TerminalOracle.TokenOf(key);
        index ??= view.IsOneIn(3) ? view.Random.Next(IndexMax) : null;
        long id = view.IdOf(session);
        return new CreateRequest("create-window", json => RequestJson.Write(json, ("session", id), ("name", name), ("index", index)), tree => tree.CreateWindow(key, session.Key, name, index), "window", key);
    }

    public TreeRequest? Rename()
    {
        if (view.Pick(view.Windows) is not ModelWindow window)
            return null;
        string name = view.NewName();
        return RequestJson.Change("rename-window", tree => tree.RenameWindow(window.Key, name), ("window", view.IdOf(window)), ("name", name));
    }

    /// <summary>In its session, or to another one; where there is another window it is refused.</summary>
    public TreeRequest? Move()
    {
        if (view.Pick(view.Windows) is not ModelWindow window || view.Pick(view.Sessions) is not ModelSession session)
            return null;
        int? index = view.IsOneIn(2) ? view.Random.Next(NearIndexMax) : null;
        return RequestJson.Change("move-window", tree => tree.MoveWindow(window.Key, session.Key, index), ("window", view.IdOf(window)), ("session", view.IdOf(session)), ("index", index));
    }

    public TreeRequest? Select() => view.Pick(view.Windows.Where(window => view.IsKnown(view.Tree.Sessions[window.Session]))) is ModelWindow window
        ? RequestJson.Change("select-window", tree => tree.SelectWindow(window.Session, window.Key), ("session", view.IdOf(view.Tree.Sessions[window.Session])), ("window", view.IdOf(window)))
        : null;

    public TreeRequest? SetLayout()
    {
        if (view.Pick(view.Windows.Where(one => one.Panes.Count > 0 && one.Panes.All(view.IsKnownPane))) is not ModelWindow window)
            return null;
        int[] panes = [.. window.Panes];
        view.Random.Shuffle(panes);
        (long id, ModelLayout layout) = (view.IdOf(window), Arrange(panes));
        Dictionary<int, long> ids = panes.ToDictionary(static pane => pane, view.IdOfPane);
        return new TreeRequest("layout", json =>
        {
            json.WriteNumber("window", id);
            json.WritePropertyName("layout");
            RequestJson.Write(json, layout, pane => ids[pane]);
        }, tree => tree.SetLayout(window.Key, layout));
    }

    public TreeRequest? Destroy()
    {
        ModelWindow? window = view.Pick(view.Windows.Where(one => view.Tree.Sessions[one.Session].Windows.Count > TerminalWorkload.WindowsOfSession));
        return window is null ? null : RequestJson.Change("destroy-window", tree => tree.DestroyWindow(window.Key), ("window", view.IdOf(window)));
    }

    private ModelLayout Arrange(ReadOnlySpan<int> panes)
    {
        if (panes.Length == 1)
            return ModelLayout.Of(panes[0]);
        int first = 1 + view.Random.Next(panes.Length - 1);
        return ModelLayout.Split(view.IsOneIn(2), (Arrange(panes[..first]), DrawWeight()), (Arrange(panes[first..]), DrawWeight()));
    }

    private int DrawWeight() => 1 + view.Random.Next(WeightMax);
}
