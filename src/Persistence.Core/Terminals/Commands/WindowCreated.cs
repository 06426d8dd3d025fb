using Persistence.Diagnostics;
using Persistence.Serialization;

namespace Persistence.Terminals;

/// <summary>A window was created.</summary>
/// <param name="Window">The window.</param>
/// <param name="Session">The session it is in.</param>
/// <param name="Index">Its index; null until the next free one is known.</param>
/// <param name="Name">Its name.</param>
internal sealed record WindowCreated(WindowId Window, SessionId Session, int? Index, string Name) : TerminalCommand
{
    public override TerminalRecordKind Kind => TerminalRecordKind.WindowCreated;

    public static WindowCreated Read(ref MessagePackReader reader) =>
        new(new WindowId(TerminalCodec.ReadId(ref reader)), TerminalCodec.ReadSession(ref reader), TerminalCodec.ReadIndex(ref reader), TerminalText.RequireName(reader.ReadString()));

    public override int FieldCount => 4;

    protected override void WriteFields(MessagePackWriter writer)
    {
        writer.WriteInteger(Window.Value);
        writer.WriteInteger(Session.Value);
        TerminalCodec.WriteIndex(writer, Index);
        writer.WriteString(Name);
    }

    public override TerminalCommand Resolve(TerminalTree tree) => this with { Index = Index ?? WindowMoved.NextIndex(tree.GetSession(Session)) };

    public override void WriteTail(MessagePackWriter writer) => TerminalCodec.WriteIndex(writer, Index);

    public override TerminalCommand ReadTail(ref MessagePackReader reader) => this with { Index = TerminalCodec.ReadIndex(ref reader) };

    public override TerminalTree ApplyTo(TerminalTree tree, DateTimeOffset time)
    {
        if (tree.Windows.ContainsKey(Window))
            throw new StoreException(StoreError.WindowExists, $"There is a terminal window {Window} already.");
        TerminalWindow window = new() { Id = Window, Session = Session, Index = Index!.Value, Name = Name, Created = time };
        return WindowMoved.PutInto(tree, window) with { Next = tree.Next with { Window = Math.Max(tree.Next.Window, Window.Value + 1) } };
    }
}
