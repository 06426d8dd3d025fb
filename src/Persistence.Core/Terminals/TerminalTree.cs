using System.Collections.Immutable;
using Persistence.Diagnostics;

namespace Persistence.Terminals;

/// <summary>All sessions, windows and panes of one moment, without their output. Immutable: a change makes another one.</summary>
public sealed record TerminalTree
{
    /// <summary>Nothing.</summary>
    public static TerminalTree Empty { get; } = new();

    /// <summary>The sessions, by id.</summary>
    public ImmutableSortedDictionary<SessionId, TerminalSession> Sessions { get; init; } = ImmutableSortedDictionary<SessionId, TerminalSession>.Empty;

    /// <summary>The windows, by id.</summary>
    public ImmutableSortedDictionary<WindowId, TerminalWindow> Windows { get; init; } = ImmutableSortedDictionary<WindowId, TerminalWindow>.Empty;

    /// <summary>The panes, by id.</summary>
    public ImmutableSortedDictionary<PaneId, TerminalPane> Panes { get; init; } = ImmutableSortedDictionary<PaneId, TerminalPane>.Empty;

    /// <summary>How much output is kept of panes that say nothing else.</summary>
    public ScrollbackLimits Scrollback { get; init; } = ScrollbackLimits.Default;

    /// <summary>The lowest ids that were never used.</summary>
    internal NextIds Next { get; init; } = new(1, 1, 1);

    /// <summary>Sessions by name, whatever its case.</summary>
    internal ImmutableDictionary<string, SessionId> Names { get; init; } = ImmutableDictionary.Create<string, SessionId>(StringComparer.OrdinalIgnoreCase);

    /// <summary>The session of a name, whatever its case; null when there is none.</summary>
    public TerminalSession? FindSession(string name) => Names.TryGetValue(name, out SessionId id) ? Sessions[id] : null;

    /// <summary>The session of an id.</summary>
    /// <exception cref="StoreException">SessionNotFound.</exception>
    public TerminalSession GetSession(SessionId id) =>
        Sessions.GetValueOrDefault(id) ?? throw new StoreException(StoreError.SessionNotFound, $"There is no terminal session {id}.");

    /// <summary>The window of an id.</summary>
    /// <exception cref="StoreException">WindowNotFound.</exception>
    public TerminalWindow GetWindow(WindowId id) =>
        Windows.GetValueOrDefault(id) ?? throw new StoreException(StoreError.WindowNotFound, $"There is no terminal window {id}.");

    /// <summary>The pane of an id.</summary>
    /// <exception cref="StoreException">PaneNotFound.</exception>
    public TerminalPane GetPane(PaneId id) =>
        Panes.GetValueOrDefault(id) ?? throw NotFound(id);

    /// <summary>The windows of a session, in the order of their indexes.</summary>
    /// <exception cref="StoreException">SessionNotFound.</exception>
    public IReadOnlyList<TerminalWindow> WindowsOf(SessionId session) => GetSession(session).Windows.Values.Select(id => Windows[id]).ToArray();

    /// <summary>The panes of a window, in the layout's order.</summary>
    /// <exception cref="StoreException">WindowNotFound.</exception>
    public IReadOnlyList<TerminalPane> PanesOf(WindowId window) => GetWindow(window).Panes.Select(id => Panes[id]).ToArray();

    /// <summary>How much of a pane's output is kept.</summary>
    internal ScrollbackLimits LimitsOf(TerminalPane pane) => pane.Configuration.Scrollback ?? Scrollback;

    internal static StoreException NotFound(PaneId pane) => new(StoreError.PaneNotFound, $"There is no terminal pane {pane}.");

    internal TerminalTree With(TerminalSession session) => this with { Sessions = Sessions.SetItem(session.Id, session) };

    internal TerminalTree With(TerminalWindow window) => this with { Windows = Windows.SetItem(window.Id, window) };

    internal TerminalTree With(TerminalPane pane) => this with { Panes = Panes.SetItem(pane.Id, pane) };
}
