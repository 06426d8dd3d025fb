using Persistence.Serialization;

namespace Persistence.Terminals;

/// <summary>A pane has another size.</summary>
internal sealed record PaneResized(PaneId Pane, TerminalSize Size) : TerminalCommand
{
    public override TerminalRecordKind Kind => TerminalRecordKind.PaneResized;

    public static PaneResized Read(ref MessagePackReader reader) => new(TerminalCodec.ReadPane(ref reader), TerminalCodec.ReadSize(ref reader));

    public override int FieldCount => 3;

    protected override void WriteFields(MessagePackWriter writer)
    {
        writer.WriteInteger(Pane.Value);
        TerminalCodec.Write(writer, Size);
    }

    public override TerminalTree ApplyTo(TerminalTree tree, DateTimeOffset time) => tree.With(tree.GetPane(Pane) with { Size = Size });
}
