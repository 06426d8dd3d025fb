using System.Globalization;
using System.Text;
using Persistence.Terminals;

namespace Persistence.Tests.Terminals.Model;

/// <summary>What FORMAT.md says of terminals, in the simplest way there is: objects that contain each other, looked for from the top. A change that cannot be made throws <see cref="ModelRefusal"/>, and leaves anything.</summary>
internal sealed class TerminalModel
{
    private (long Session, long Window, long Pane) _next = (1, 1, 1);

    public SortedDictionary<long, ModelSession> Sessions { get; private set; } = [];

    public ScrollbackLimits Limits { get; private set; } = new(10_000, 64 << 20);

    /// <summary>What a change is given as its time.</summary>
    public DateTimeOffset Now { get; set; }

    public IEnumerable<ModelWindow> Windows => Sessions.Values.SelectMany(static session => session.Windows.Values);

    public IEnumerable<ModelPane> Panes => Windows.SelectMany(static window => window.Panes.Values);

    public TerminalModel Copy()
    {
        TerminalModel copy = (TerminalModel)MemberwiseClone();
        copy.Sessions = new SortedDictionary<long, ModelSession>(Sessions.ToDictionary(static session => session.Key, static session => session.Value.Copy()));
        return copy;
    }

    public ModelSession Session(long id) => Sessions.TryGetValue(id, out ModelSession? session) ? session : throw new ModelRefusal();

    public ModelWindow Window(long id) => Windows.FirstOrDefault(window => window.Id == id) ?? throw new ModelRefusal();

    public ModelPane Pane(long id) => Panes.FirstOrDefault(pane => pane.Id == id) ?? throw new ModelRefusal();

    public void CreateSession(long id, string name)
    {
        RequireFree(name, 0);
        Sessions.Add(id, new ModelSession { Id = id, Name = name, Created = Now });
        _next.Session = Math.Max(_next.Session, id + 1);
    }

    public void DestroySession(long id) => Sessions.Remove(Session(id).Id);

    public void RenameSession(long id, string name)
    {
        ModelSession session = Session(id);
        RequireFree(name, id);
        session.Name = name;
    }

    public void CreateWindow(long id, long sessionId, string name, int? index)
    {
        Put(new ModelWindow { Id = id, Name = name, Created = Now }, Session(sessionId), index);
        _next.Window = Math.Max(_next.Window, id + 1);
    }

    public void DestroyWindow(long id) => Take(Window(id));

    public void MoveWindow(long id, long sessionId, int? index)
    {
        ModelWindow window = Window(id);
        ModelSession to = Session(sessionId);
        bool staysActive = to.Active == id;
        int at = index ?? Next(to);
        Take(window);
        Put(window, to, at);
        if (staysActive)
            to.Active = id;
    }

    public void SetLayout(long id, ModelLayout? layout)
    {
        ModelWindow window = Window(id);
        if (!(layout?.Panes ?? []).Order().SequenceEqual(window.Panes.Keys))
            throw new ModelRefusal();
        window.Layout = layout;
    }

    public void CreatePane(long id, long windowId, PaneConfiguration configuration, TerminalSize size, PanePlace place, long of, int? percent)
    {
        ModelWindow window = Window(windowId);
        long target = of == 0 ? window.Active : of;
        if (target != 0 && !window.Panes.ContainsKey(target))
            throw new ModelRefusal();
        window.Layout = window.Layout?.Divide(target, id, place is PanePlace.Right or PanePlace.Left ? '|' : '/', place is PanePlace.Left or PanePlace.Above, percent) ?? new ModelLayout { Pane = id };
        if (window.Layout.Depth > 64)
            throw new ModelRefusal();
        window.Panes.Add(id, new ModelPane { Id = id, Created = Now, StateChanged = Now, Size = size, Configuration = configuration });
        if (window.Active == 0)
            window.Active = id;
        _next.Pane = Math.Max(_next.Pane, id + 1);
    }

    public void DestroyPane(long id)
    {
        ModelWindow window = WindowOf(id);
        List<long> order = [.. window.Layout!.Panes];
        window.Panes.Remove(id);
        window.Layout = window.Layout.Without(id);
        if (window.Active == id)
            window.Active = Nearest(order, order.IndexOf(id));
    }

    public void SelectWindow(long sessionId, long id) =>
        Session(sessionId).Active = Session(sessionId).Windows.Values.Any(window => window.Id == id) ? id : throw new ModelRefusal();

    public void SelectPane(long windowId, long id) => Window(windowId).Active = Window(windowId).Panes.ContainsKey(id) ? id : throw new ModelRefusal();

    public void ConfigurePane(long id, PaneConfiguration configuration)
    {
        ModelPane pane = Pane(id);
        pane.Configuration = configuration;
        pane.Trim(LimitsOf(pane));
    }

    public void SetLimits(ScrollbackLimits limits)
    {
        Limits = limits;
        foreach (ModelPane pane in Panes)
            pane.Trim(LimitsOf(pane));
    }

    public void Append(long id, ReadOnlySpan<byte> bytes) => Pane(id).Append(bytes, LimitsOf(Pane(id)));

    public void SetState(long id, PaneState state)
    {
        Pane(id).State = state;
        Pane(id).StateChanged = Now;
    }

    public ModelWindow WindowOf(long pane) => Windows.FirstOrDefault(window => window.Panes.ContainsKey(pane)) ?? throw new ModelRefusal();

    /// <summary>As <see cref="TerminalDump"/> has it.</summary>
    public string Dump(bool withBytes = true)
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"next {_next.Session} {_next.Window} {_next.Pane} limits {TerminalDump.Of(Limits)}\n");
        foreach (ModelSession session in Sessions.Values)
        {
            text.Append(CultureInfo.InvariantCulture, $"session {session.Id} '{session.Name}' {session.Created:O} active {session.Active} {{{string.Join(' ', session.Metadata.Select(static pair => $"{pair.Key}={pair.Value}"))}}} {{{string.Join(' ', session.Environment.Values)}}}\n");
            foreach ((int index, ModelWindow window) in session.Windows)
            {
                text.Append(CultureInfo.InvariantCulture, $"  window {window.Id} at {index} '{window.Name}' {window.Created:O} active {window.Active} {window.Layout}\n");
                foreach (ModelPane pane in window.Panes.Values)
                    text.Append(CultureInfo.InvariantCulture, $"    pane {pane.Id} {pane.Created:O} {pane.Size} {TerminalDump.Of(pane.Configuration)} '{pane.Title}' @{pane.Directory} {TerminalDump.Of(pane.State)} since {pane.StateChanged:O} {TerminalDump.Of(pane.Begin, pane.End, pane.FindStart(LimitsOf(pane)), pane.Chunks(), withBytes ? TerminalDump.HashOf(pane.Kept) : "")}\n");
            }
        }

        return text.ToString();
    }

    private ScrollbackLimits LimitsOf(ModelPane pane) => pane.Configuration.Scrollback ?? Limits;

    private void RequireFree(string name, long own)
    {
        if (Sessions.Values.Any(session => session.Id != own && string.Equals(session.Name, name, StringComparison.OrdinalIgnoreCase)))
            throw new ModelRefusal();
    }

    private static int Next(ModelSession session) => session.Windows.Count == 0 ? 0 : session.Windows.Keys.Max() < int.MaxValue ? session.Windows.Keys.Max() + 1 : throw new ModelRefusal();

    private static void Put(ModelWindow window, ModelSession session, int? index)
    {
        if (!session.Windows.TryAdd(index ?? Next(session), window))
            throw new ModelRefusal();
        if (session.Active == 0)
            session.Active = window.Id;
    }

    private void Take(ModelWindow window)
    {
        ModelSession session = Sessions.Values.Single(candidate => candidate.Windows.ContainsValue(window));
        List<long> order = [.. session.Windows.Values.Select(static other => other.Id)];
        session.Windows.Remove(session.Windows.Single(pair => pair.Value == window).Key);
        if (session.Active == window.Id)
            session.Active = Nearest(order, order.IndexOf(window.Id));
    }

    /// <summary>The one before, else the first of those that are left.</summary>
    private static long Nearest(List<long> order, int gone) => gone > 0 ? order[gone - 1] : order.Count > 1 ? order[1] : 0;
}
