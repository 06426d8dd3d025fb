using Persistence.Serialization;

namespace Persistence.Terminals;

/// <summary>The program in a pane is in another directory.</summary>
internal sealed record PaneWorkingDirectoryChanged(PaneId Pane, string Path) : TerminalCommand
{
    public override TerminalRecordKind Kind => TerminalRecordKind.PaneWorkingDirectory;

    public static PaneWorkingDirectoryChanged Read(ref MessagePackReader reader) => new(TerminalCodec.ReadPane(ref reader), TerminalText.RequirePath(reader.ReadString(), "working directory"));

    public override int FieldCount => 2;

    protected override void WriteFields(MessagePackWriter writer)
    {
        writer.WriteInteger(Pane.Value);
        writer.WriteString(Path);
    }

    public override TerminalTree ApplyTo(TerminalTree tree, DateTimeOffset time) => tree.With(tree.GetPane(Pane) with { WorkingDirectory = Path });
}
