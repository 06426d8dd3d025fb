using Persistence.Serialization;

namespace Persistence.Terminals;

/// <summary>Something is no longer said of a session; it need not have been.</summary>
internal sealed record SessionMetadataUnset(SessionId Session, string Key) : TerminalCommand
{
    public override TerminalRecordKind Kind => TerminalRecordKind.SessionMetadataUnset;

    public static SessionMetadataUnset Read(ref MessagePackReader reader) => new(TerminalCodec.ReadSession(ref reader), TerminalText.RequireName(reader.ReadString(), "key"));

    public override int FieldCount => 2;

    protected override void WriteFields(MessagePackWriter writer)
    {
        writer.WriteInteger(Session.Value);
        writer.WriteString(Key);
    }

    public override TerminalTree ApplyTo(TerminalTree tree, DateTimeOffset time)
    {
        TerminalSession session = tree.GetSession(Session);
        return tree.With(session with { Metadata = session.Metadata.Remove(Key) });
    }
}
