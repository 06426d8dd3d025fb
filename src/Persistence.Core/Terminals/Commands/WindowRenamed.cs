using Persistence.Serialization;

namespace Persistence.Terminals;

/// <summary>A window has another name.</summary>
internal sealed record WindowRenamed(WindowId Window, string Name) : TerminalCommand
{
    public override TerminalRecordKind Kind => TerminalRecordKind.WindowRenamed;

    public static WindowRenamed Read(ref MessagePackReader reader) => new(TerminalCodec.ReadWindow(ref reader), TerminalText.RequireName(reader.ReadString()));

    public override int FieldCount => 2;

    protected override void WriteFields(MessagePackWriter writer)
    {
        writer.WriteInteger(Window.Value);
        writer.WriteString(Name);
    }

    public override TerminalTree ApplyTo(TerminalTree tree, DateTimeOffset time) => tree.With(tree.GetWindow(Window) with { Name = Name });
}
