using Persistence.Diagnostics;
using Persistence.Serialization;

namespace Persistence.Terminals;

/// <summary>Another window of a session is active.</summary>
internal sealed record ActiveWindowChanged(SessionId Session, WindowId Window) : TerminalCommand
{
    public override TerminalRecordKind Kind => TerminalRecordKind.ActiveWindow;

    public static ActiveWindowChanged Read(ref MessagePackReader reader) => new(TerminalCodec.ReadSession(ref reader), TerminalCodec.ReadWindow(ref reader));

    public override int FieldCount => 2;

    protected override void WriteFields(MessagePackWriter writer)
    {
        writer.WriteInteger(Session.Value);
        writer.WriteInteger(Window.Value);
    }

    public override TerminalTree ApplyTo(TerminalTree tree, DateTimeOffset time)
    {
        TerminalSession session = tree.GetSession(Session);
        return tree.GetWindow(Window).Session == Session
            ? tree.With(session with { ActiveWindow = Window })
            : throw new StoreException(StoreError.WindowNotFound, $"The terminal window {Window} is not in session {Session}.");
    }
}
