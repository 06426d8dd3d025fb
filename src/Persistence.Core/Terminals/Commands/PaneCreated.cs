using Persistence.Diagnostics;
using Persistence.Serialization;

namespace Persistence.Terminals;

/// <summary>A pane was created.</summary>
internal sealed record PaneCreated(PaneId Pane, WindowId Window, PaneConfiguration Configuration, TerminalSize Size, PanePlacement Placement) : TerminalCommand
{
    public override TerminalRecordKind Kind => TerminalRecordKind.PaneCreated;

    public static PaneCreated Read(ref MessagePackReader reader) => new(
        new PaneId(TerminalCodec.ReadId(ref reader)), TerminalCodec.ReadWindow(ref reader), TerminalCodec.ReadConfiguration(ref reader), TerminalCodec.ReadSize(ref reader), TerminalCodec.ReadPlacement(ref reader));

    public override int FieldCount => 8;

    protected override void WriteFields(MessagePackWriter writer)
    {
        writer.WriteInteger(Pane.Value);
        writer.WriteInteger(Window.Value);
        TerminalCodec.Write(writer, Configuration);
        TerminalCodec.Write(writer, Size);
        TerminalCodec.Write(writer, Placement);
    }

    public override PaneId Creates => Pane;

    public override TerminalTree ApplyTo(TerminalTree tree, DateTimeOffset time)
    {
        TerminalWindow window = tree.GetWindow(Window);
        if (tree.Panes.ContainsKey(Pane))
            throw new StoreException(StoreError.LayoutInvalid, $"There is a terminal pane {Pane} already.");
        TerminalPane pane = new() { Id = Pane, Window = Window, Created = time, Size = Size, Configuration = Configuration, StateChanged = time };
        return tree.With(pane).With(Place(tree, window)) with { Next = tree.Next with { Pane = Math.Max(tree.Next.Pane, Pane.Value + 1) } };
    }

    private TerminalWindow Place(TerminalTree tree, TerminalWindow window)
    {
        PaneId target = Placement.Of == PaneId.None ? window.ActivePane : Placement.Of;
        if (target != PaneId.None && tree.GetPane(target).Window != Window)
            throw new StoreException(StoreError.PaneNotFound, $"The terminal pane {target} is not in window {Window}.");
        return window.Layout is null
            ? window with { Layout = TerminalLayout.Of(Pane), ActivePane = Pane }
            : window with { Layout = LayoutEditor.Divide(window.Layout, target, Pane, Placement) };
    }
}
