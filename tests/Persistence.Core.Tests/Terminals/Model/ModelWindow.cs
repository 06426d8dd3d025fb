namespace Persistence.Tests.Terminals.Model;

/// <summary>A window and its panes.</summary>
internal sealed class ModelWindow
{
    public required long Id { get; init; }

    public required DateTimeOffset Created { get; init; }

    public required string Name { get; set; }

    public SortedDictionary<long, ModelPane> Panes { get; private set; } = [];

    public ModelLayout? Layout { get; set; }

    public long Active { get; set; }

    public ModelWindow Copy()
    {
        ModelWindow copy = (ModelWindow)MemberwiseClone();
        copy.Panes = new SortedDictionary<long, ModelPane>(Panes.ToDictionary(static pane => pane.Key, static pane => pane.Value.Copy()));
        return copy;
    }
}
