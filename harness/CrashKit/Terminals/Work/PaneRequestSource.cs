using Persistence.CrashKit.Terminals.Model;

namespace Persistence.CrashKit.Terminals.Work;

/// <summary>Draws requests about panes; null where there is nothing to draw from.</summary>
/// <param name="view">What there is.</param>
/// <param name="directories">Directories for shells to begin in.</param>
internal sealed class PaneRequestSource(WorkloadView view, IReadOnlyList<string> directories)
{
    private const long LargePaneBytes = 64L << 20;
    private const long RetiredFromBytes = 8L << 20;
    private const int ColumnsMax = 300;
    private const int RowsMax = 100;

    private static readonly string[] Places = ["right", "left", "below", "above"];

    public CreatePaneRequest Create(ModelWindow window)
    {
        int key = view.NewKey();
        PaneSpecification specification = Specify(TerminalOracle.TokenOf(key));
        bool saysTitles = view.IsOneIn(2);
        int of = view.Pick(window.Panes.Where(other => view.IsKnownPane(other) && view.IsOneIn(2)));
        string place = view.Pick(Places)!;
        int? percent = view.IsOneIn(3) ? 1 + view.Random.Next(99) : null;
        ModelPane pane = new(key, window.Key, 1 + view.Random.Next(ColumnsMax), 1 + view.Random.Next(RowsMax), specification.ToText()) { Title = saysTitles ? null : "" };
        (string, object?)[] fields = [("window", view.IdOf(window)), ("columns", pane.Columns), ("rows", pane.Rows), ("of", of == 0 ? null : view.IdOfPane(of)), ("place", place), ("percent", percent)];
        return new CreatePaneRequest(
            json =>
            {
                RequestJson.Write(json, fields);
                specification.WriteTo(json);
            },
            tree => tree.CreatePane(pane, of, place, percent),
            new PaneOracle(key, specification, saysTitles));
    }

    /// <summary>What is to run in it next time: other secrets, another restore command.</summary>
    public ConfigureRequest? Configure()
    {
        if (view.Pick(view.Panes) is not PaneOracle pane)
            return null;
        PaneSpecification specification = pane.Specification with { HasSecret = view.IsOneIn(5), RestoreCommand = DrawRestoreCommand(pane.Specification.Token) };
        return new ConfigureRequest(view.IdOf(pane), pane, specification);
    }

    public TreeRequest? Resize()
    {
        if (view.Pick(view.Panes) is not PaneOracle pane)
            return null;
        (int columns, int rows) = (1 + view.Random.Next(ColumnsMax), 1 + view.Random.Next(RowsMax));
        return RequestJson.Change("resize-pane", tree => tree.ResizePane(pane.Key, columns, rows), ("pane", view.IdOf(pane)), ("columns", columns), ("rows", rows));
    }

    public TreeRequest? SetTitle()
    {
        if (view.Pick(view.Panes.Where(static one => !one.SaysTitles)) is not PaneOracle pane)
            return null;
        string title = view.NewName();
        return RequestJson.Change("title-pane", tree => tree.SetPaneTitle(pane.Key, title), ("pane", view.IdOf(pane)), ("title", title));
    }

    public TreeRequest? Select()
    {
        if (view.Pick(view.Panes.Where(one => view.IsKnown(view.WindowOf(one)))) is not PaneOracle pane)
            return null;
        ModelWindow window = view.WindowOf(pane);
        return RequestJson.Change("select-pane", tree => tree.SelectPane(window.Key, pane.Key), ("window", view.IdOf(window)), ("pane", view.IdOf(pane)));
    }

    /// <summary>One with very much output first; else one that there is beyond two in its window.</summary>
    public TreeRequest? Destroy()
    {
        PaneOracle? large = view.Panes.FirstOrDefault(static one => one.Output.Known > RetiredFromBytes);
        PaneOracle? pane = large ?? view.Pick(view.Panes.Where(one => view.WindowOf(one).Panes.Count > TerminalWorkload.PanesOfWindow));
        return pane is null ? null : RequestJson.Change("destroy-pane", tree => tree.DestroyPane(pane.Key), ("pane", view.IdOf(pane)));
    }

    /// <summary>A pane in which nothing runs, or something that nobody would miss.</summary>
    public RestartRequest? Restart()
    {
        // What of a small one was not read may be dropped: then nobody can tell where the program before was cut short.
        PaneOracle? pane = view.Pick(view.Panes.Where(static one => !one.IsBeingStarted && one.Flood is null && (!one.IsLive || (one.IsReady && !one.IsSmall))));
        return pane is null ? null : new RestartRequest(view.IdOf(pane), pane);
    }

    private PaneSpecification Specify(string token)
    {
        (long lines, long bytes) = view.Random.Next(6) switch { 0 => (300L, 0L), 1 => (0L, 100_000L), 2 => (2000L, 150_000L), _ => (0L, LargePaneBytes) };
        return new PaneSpecification
        {
            Token = token,
            Directory = view.Pick(directories)!,
            HasSecret = view.IsOneIn(5),
            RestoreCommand = DrawRestoreCommand(token),
            Lines = lines,
            Bytes = bytes,
        };
    }

    /// <summary>None mostly; now and then one that cannot be started.</summary>
    private IReadOnlyList<string> DrawRestoreCommand(string token) => view.Random.Next(20) switch { < 5 => PaneSpecification.SoundRestoreCommand(token), 5 => ["/no/such/program"], _ => [] };
}
