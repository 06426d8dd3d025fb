namespace Persistence.Terminals;

/// <summary>A pane: a terminal, and what runs in it. Its output is apart: <see cref="TerminalState.FindOutput"/>.</summary>
public sealed record TerminalPane
{
    /// <summary>Which it is.</summary>
    public required PaneId Id { get; init; }

    /// <summary>The window it is in.</summary>
    public required WindowId Window { get; init; }

    /// <summary>When it was created.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>How large its terminal is.</summary>
    public required TerminalSize Size { get; init; }

    /// <summary>What runs in it, and how.</summary>
    public required PaneConfiguration Configuration { get; init; }

    /// <summary>What goes on in it.</summary>
    public PaneState State { get; init; } = PaneState.New;

    /// <summary>When that began.</summary>
    public required DateTimeOffset StateChanged { get; init; }

    /// <summary>Its title, as the program or its owner says; empty: none.</summary>
    public string Title { get; init; } = "";

    /// <summary>Where the program was last seen; null: not seen yet.</summary>
    public string? WorkingDirectory { get; init; }
}
