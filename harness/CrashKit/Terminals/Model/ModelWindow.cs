namespace Persistence.CrashKit.Terminals.Model;

/// <summary>A window as it must be.</summary>
internal sealed record ModelWindow(int Key, int Session, int Index, string Name)
{
    public ModelLayout? Layout { get; init; }

    /// <summary>The active pane; 0 without panes.</summary>
    public int ActivePane { get; init; }

    public IReadOnlyList<int> Panes => Layout?.Panes ?? [];
}
