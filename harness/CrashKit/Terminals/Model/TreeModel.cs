using System.Collections.Immutable;

namespace Persistence.CrashKit.Terminals.Model;

/// <summary>
/// All sessions, windows and panes as they must be after some requests: written from Terminals/FORMAT.md, not from the engine, which it is held against. Immutable: a change makes another one, or throws
/// <see cref="ModelRefusedException"/>.
/// </summary>
internal sealed record TreeModel
{
    public static TreeModel Empty { get; } = new();

    public ImmutableSortedDictionary<int, ModelSession> Sessions { get; init; } = ImmutableSortedDictionary<int, ModelSession>.Empty;

    public ImmutableSortedDictionary<int, ModelWindow> Windows { get; init; } = ImmutableSortedDictionary<int, ModelWindow>.Empty;

    public ImmutableSortedDictionary<int, ModelPane> Panes { get; init; } = ImmutableSortedDictionary<int, ModelPane>.Empty;

    public ModelSession Session(int key) => Sessions.GetValueOrDefault(key) ?? throw new ModelRefusedException("SessionNotFound");

    public ModelWindow Window(int key) => Windows.GetValueOrDefault(key) ?? throw new ModelRefusedException("WindowNotFound");

    public ModelPane Pane(int key) => Panes.GetValueOrDefault(key) ?? throw new ModelRefusedException("PaneNotFound");

    public TreeModel With(ModelSession session) => this with { Sessions = Sessions.SetItem(session.Key, session) };

    public TreeModel With(ModelWindow window) => this with { Windows = Windows.SetItem(window.Key, window) };

    public TreeModel With(ModelPane pane) => this with { Panes = Panes.SetItem(pane.Key, pane) };
}
