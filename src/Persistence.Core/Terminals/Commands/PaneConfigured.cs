using Persistence.Serialization;

namespace Persistence.Terminals;

/// <summary>Another program is to run in a pane when one is started next, or in another way.</summary>
internal sealed record PaneConfigured(PaneId Pane, PaneConfiguration Configuration) : TerminalCommand
{
    public override TerminalRecordKind Kind => TerminalRecordKind.PaneConfigured;

    public static PaneConfigured Read(ref MessagePackReader reader) => new(TerminalCodec.ReadPane(ref reader), TerminalCodec.ReadConfiguration(ref reader));

    public override int FieldCount => 2;

    protected override void WriteFields(MessagePackWriter writer)
    {
        writer.WriteInteger(Pane.Value);
        TerminalCodec.Write(writer, Configuration);
    }

    public override TerminalTree ApplyTo(TerminalTree tree, DateTimeOffset time) => tree.With(tree.GetPane(Pane) with { Configuration = Configuration });
}
