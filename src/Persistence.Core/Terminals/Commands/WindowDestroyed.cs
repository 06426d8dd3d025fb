using Persistence.Serialization;

namespace Persistence.Terminals;

/// <summary>A window was destroyed, with its panes.</summary>
internal sealed record WindowDestroyed(WindowId Window) : TerminalCommand
{
    public override TerminalRecordKind Kind => TerminalRecordKind.WindowDestroyed;

    public static WindowDestroyed Read(ref MessagePackReader reader) => new(TerminalCodec.ReadWindow(ref reader));

    public override int FieldCount => 1;

    protected override void WriteFields(MessagePackWriter writer)
    {
        writer.WriteInteger(Window.Value);
    }

    public override IEnumerable<PaneId> FindDestroyed(TerminalTree tree) => tree.Windows[Window].Panes;

    public override TerminalTree ApplyTo(TerminalTree tree, DateTimeOffset time)
    {
        TerminalWindow window = tree.GetWindow(Window);
        TerminalTree without = WindowMoved.TakeOut(tree, window);
        return without with { Windows = without.Windows.Remove(Window), Panes = without.Panes.RemoveRange(window.Panes) };
    }
}
