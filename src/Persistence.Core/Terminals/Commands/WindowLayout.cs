using Persistence.Serialization;

namespace Persistence.Terminals;

/// <summary>The panes of a window share its place in another way.</summary>
internal sealed record WindowLayout(WindowId Window, TerminalLayout? Layout) : TerminalCommand
{
    public override TerminalRecordKind Kind => TerminalRecordKind.WindowLayout;

    public static WindowLayout Read(ref MessagePackReader reader) => new(TerminalCodec.ReadWindow(ref reader), LayoutCodec.Read(ref reader));

    public override int FieldCount => 2;

    protected override void WriteFields(MessagePackWriter writer)
    {
        writer.WriteInteger(Window.Value);
        LayoutCodec.Write(writer, Layout);
    }

    public override TerminalTree ApplyTo(TerminalTree tree, DateTimeOffset time)
    {
        TerminalWindow window = tree.GetWindow(Window);
        LayoutEditor.Require(Layout, window.Panes);
        return tree.With(window with { Layout = Layout });
    }
}
