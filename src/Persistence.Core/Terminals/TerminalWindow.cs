namespace Persistence.Terminals;

/// <summary>A window: panes, and how they share its place.</summary>
public sealed record TerminalWindow
{
    /// <summary>Which it is.</summary>
    public required WindowId Id { get; init; }

    /// <summary>The session it is in.</summary>
    public required SessionId Session { get; init; }

    /// <summary>Its place among the windows of the session, unique there.</summary>
    public required int Index { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>When it was created.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>How its panes share its place; null without panes.</summary>
    public TerminalLayout? Layout { get; init; }

    /// <summary>The active pane; none in a window without panes.</summary>
    public PaneId ActivePane { get; init; }

    /// <summary>Its panes, in the layout's order.</summary>
    public IReadOnlyList<PaneId> Panes => Layout?.Panes ?? [];
}
