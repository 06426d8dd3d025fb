using Persistence.Diagnostics;
using Persistence.Serialization;

namespace Persistence.Terminals;

/// <summary>Another pane of a window is active.</summary>
internal sealed record ActivePaneChanged(WindowId Window, PaneId Pane) : TerminalCommand
{
    public override TerminalRecordKind Kind => TerminalRecordKind.ActivePane;

    public static ActivePaneChanged Read(ref MessagePackReader reader) => new(TerminalCodec.ReadWindow(ref reader), TerminalCodec.ReadPane(ref reader));

    public override int FieldCount => 2;

    protected override void WriteFields(MessagePackWriter writer)
    {
        writer.WriteInteger(Window.Value);
        writer.WriteInteger(Pane.Value);
    }

    public override TerminalTree ApplyTo(TerminalTree tree, DateTimeOffset time)
    {
        TerminalWindow window = tree.GetWindow(Window);
        return tree.GetPane(Pane).Window == Window
            ? tree.With(window with { ActivePane = Pane })
            : throw new StoreException(StoreError.PaneNotFound, $"The terminal pane {Pane} is not in window {Window}.");
    }
}
