using Persistence.Serialization;

namespace Persistence.Terminals;

/// <summary>A pane has another title.</summary>
internal sealed record PaneTitleChanged(PaneId Pane, string Title) : TerminalCommand
{
    public override TerminalRecordKind Kind => TerminalRecordKind.PaneTitle;

    public static PaneTitleChanged Read(ref MessagePackReader reader) => new(TerminalCodec.ReadPane(ref reader), TerminalText.RequireShown(reader.ReadString(), TerminalText.TitleCharsMax, "title"));

    public override int FieldCount => 2;

    protected override void WriteFields(MessagePackWriter writer)
    {
        writer.WriteInteger(Pane.Value);
        writer.WriteString(Title);
    }

    public override TerminalTree ApplyTo(TerminalTree tree, DateTimeOffset time) => tree.With(tree.GetPane(Pane) with { Title = Title });
}
