using System.Globalization;
using System.Text;
using Persistence.Terminals;

namespace Persistence.CrashKit.Terminals;

/// <summary>What sessions, windows and panes there have to be: written from the format's description, with lists and loops, and sharing nothing with the engine. What a host notes by itself (states, titles, directories) is not in it.</summary>
internal sealed class HierarchyModel
{
    public SortedDictionary<long, ModelSession> Sessions { get; } = [];

    public SortedDictionary<long, ModelWindow> Windows { get; } = [];

    public SortedDictionary<long, ModelPane> Panes { get; } = [];

    /// <summary>As text: equal if the same.</summary>
    public string Dump()
    {
        StringBuilder text = new();
        foreach ((long id, ModelSession session) in Sessions)
            text.Append(CultureInfo.InvariantCulture, $"session {id} '{session.Name}' active {session.Active} windows {Join(session.Windows)} metadata {Join(session.Metadata)} environment {Join(session.Environment)}\n");
        foreach ((long id, ModelWindow window) in Windows)
            text.Append(CultureInfo.InvariantCulture, $"window {id} of {window.Session} index {window.Index} '{window.Name}' active {window.Active} panes {string.Join(' ', window.Panes)}\n");
        foreach ((long id, ModelPane pane) in Panes)
            text.Append(CultureInfo.InvariantCulture, $"pane {id} of {pane.Window} {pane.Columns}x{pane.Rows} program {pane.Program}\n");
        return text.ToString();
    }

    /// <summary>The model of what a store has.</summary>
    public static HierarchyModel Of(TerminalTree tree)
    {
        HierarchyModel model = new();
        foreach (TerminalSession session in tree.Sessions.Values)
            model.Sessions.Add(session.Id.Value, Of(session));
        foreach (TerminalWindow window in tree.Windows.Values)
            model.Windows.Add(window.Id.Value, Of(window));
        foreach (TerminalPane pane in tree.Panes.Values)
            model.Panes.Add(pane.Id.Value, new ModelPane { Window = pane.Window.Value, Columns = pane.Size.Columns, Rows = pane.Size.Rows, Program = string.Join(' ', pane.Configuration.Arguments) });
        return model;
    }

    public void AddSession(long id, string name) => Sessions.Add(id, new ModelSession { Name = name });

    public void AddWindow(long id, long session, string name)
    {
        ModelSession owner = Sessions[session];
        int index = owner.Windows.Count == 0 ? 0 : owner.Windows.Keys.Max() + 1;
        Windows.Add(id, new ModelWindow { Session = session, Index = index, Name = name });
        owner.Windows.Add(index, id);
        if (owner.Active == 0)
            owner.Active = id;
    }

    public void AddPane(long id, long window, string program, int columns, int rows, bool isBefore)
    {
        ModelWindow owner = Windows[window];
        Panes.Add(id, new ModelPane { Window = window, Program = program, Columns = columns, Rows = rows });
        int at = owner.Panes.IndexOf(owner.Active);
        owner.Panes.Insert(at < 0 ? 0 : isBefore ? at : at + 1, id);
        if (owner.Active == 0)
            owner.Active = id;
    }

    public void RemovePane(long id)
    {
        ModelWindow owner = Windows[Panes[id].Window];
        int at = owner.Panes.IndexOf(id);
        owner.Panes.RemoveAt(at);
        if (owner.Active == id)
            owner.Active = owner.Panes.Count == 0 ? 0 : owner.Panes[Math.Max(0, at - 1)];
        Panes.Remove(id);
    }

    public void RemoveWindow(long id)
    {
        ModelWindow window = Windows[id];
        foreach (long pane in window.Panes)
            Panes.Remove(pane);
        TakeOut(id);
        Windows.Remove(id);
    }

    public void RemoveSession(long id)
    {
        foreach (long window in Sessions[id].Windows.Values.ToArray())
            RemoveWindow(window);
        Sessions.Remove(id);
    }

    public void MoveWindow(long id, long session)
    {
        bool wasActive = Windows[id].Session == session && Sessions[session].Active == id;
        ModelSession owner = Sessions[session];
        // The window itself counts, where it moves within its session.
        int index = owner.Windows.Count == 0 ? 0 : owner.Windows.Keys.Max() + 1;
        TakeOut(id);
        owner.Windows.Add(index, id);
        Windows[id].Session = session;
        Windows[id].Index = index;
        if (owner.Active == 0 || wasActive)
            owner.Active = id;
    }

    private void TakeOut(long id)
    {
        ModelSession owner = Sessions[Windows[id].Session];
        int index = Windows[id].Index;
        owner.Windows.Remove(index);
        if (owner.Active != id)
            return;
        int[] before = [.. owner.Windows.Keys.Where(other => other < index)];
        owner.Active = before.Length > 0 ? owner.Windows[before.Max()] : owner.Windows.Count == 0 ? 0 : owner.Windows.First().Value;
    }

    private static ModelSession Of(TerminalSession session)
    {
        ModelSession model = new() { Name = session.Name, Active = session.ActiveWindow.Value };
        foreach ((int index, WindowId window) in session.Windows)
            model.Windows.Add(index, window.Value);
        foreach ((string key, string value) in session.Metadata)
            model.Metadata.Add(key, value);
        foreach (EnvironmentEntry entry in session.Environment.Values)
            model.Environment.Add(entry.Name, entry.Value ?? "");
        return model;
    }

    private static ModelWindow Of(TerminalWindow window)
    {
        ModelWindow model = new() { Session = window.Session.Value, Index = window.Index, Name = window.Name, Active = window.ActivePane.Value };
        model.Panes.AddRange(window.Panes.Select(static pane => pane.Value));
        return model;
    }

    private static string Join<TKey, TValue>(SortedDictionary<TKey, TValue> pairs)
        where TKey : notnull => string.Join(' ', pairs.Select(static pair => $"{pair.Key}={pair.Value}"));

    internal sealed class ModelSession
    {
        public required string Name { get; set; }

        public long Active { get; set; }

        public SortedDictionary<int, long> Windows { get; } = [];

        public SortedDictionary<string, string> Metadata { get; } = new(StringComparer.Ordinal);

        public SortedDictionary<string, string> Environment { get; } = new(StringComparer.Ordinal);
    }

    internal sealed class ModelWindow
    {
        public required long Session { get; set; }

        public required int Index { get; set; }

        public required string Name { get; set; }

        public long Active { get; set; }

        public List<long> Panes { get; } = [];
    }

    internal sealed class ModelPane
    {
        public required long Window { get; init; }

        public required string Program { get; init; }

        public required int Columns { get; set; }

        public required int Rows { get; set; }
    }
}
