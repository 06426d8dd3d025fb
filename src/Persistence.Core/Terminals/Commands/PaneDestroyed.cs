using Persistence.Serialization;

namespace Persistence.Terminals;

/// <summary>A pane was destroyed. If it was the active one, the nearest before it in the layout is, else the first.</summary>
internal sealed record PaneDestroyed(PaneId Pane) : TerminalCommand
{
    public override TerminalRecordKind Kind => TerminalRecordKind.PaneDestroyed;

    public static PaneDestroyed Read(ref MessagePackReader reader) => new(TerminalCodec.ReadPane(ref reader));

    public override int FieldCount => 1;

    protected override void WriteFields(MessagePackWriter writer)
    {
        writer.WriteInteger(Pane.Value);
    }

    public override IEnumerable<PaneId> FindDestroyed(TerminalTree tree) => (PaneId[])[Pane];

    public override TerminalTree ApplyTo(TerminalTree tree, DateTimeOffset time)
    {
        TerminalWindow window = tree.GetWindow(tree.GetPane(Pane).Window);
        TerminalLayout? left = LayoutEditor.Remove(window.Layout!, Pane);
        PaneId active = window.ActivePane == Pane ? Nearest(window.Panes, left?.Panes ?? []) : window.ActivePane;
        return tree.With(window with { Layout = left, ActivePane = active }) with { Panes = tree.Panes.Remove(Pane) };
    }

    private PaneId Nearest(IReadOnlyList<PaneId> before, IReadOnlyList<PaneId> left) => left.Count == 0
        ? PaneId.None
        : left[Math.Max(0, before.TakeWhile(pane => pane != Pane).Count() - 1)];
}
