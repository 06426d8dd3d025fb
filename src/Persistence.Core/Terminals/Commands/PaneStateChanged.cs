using Persistence.Serialization;

namespace Persistence.Terminals;

/// <summary>A program was started in a pane, has ended, or was let go of.</summary>
internal sealed record PaneStateChanged(PaneId Pane, PaneState State) : TerminalCommand
{
    public override TerminalRecordKind Kind => TerminalRecordKind.PaneState;

    public static PaneStateChanged Read(ref MessagePackReader reader) => new(TerminalCodec.ReadPane(ref reader), TerminalCodec.ReadState(ref reader));

    public override int FieldCount => 5;

    protected override void WriteFields(MessagePackWriter writer)
    {
        writer.WriteInteger(Pane.Value);
        TerminalCodec.Write(writer, State);
    }

    public override TerminalTree ApplyTo(TerminalTree tree, DateTimeOffset time) => tree.With(tree.GetPane(Pane) with { State = State, StateChanged = time });
}
