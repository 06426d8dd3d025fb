using Persistence.Serialization;

namespace Persistence.Terminals;

/// <summary>Something is said of a session.</summary>
internal sealed record SessionMetadataSet(SessionId Session, string Key, string Value) : TerminalCommand
{
    public override TerminalRecordKind Kind => TerminalRecordKind.SessionMetadataSet;

    public static SessionMetadataSet Read(ref MessagePackReader reader) =>
        new(TerminalCodec.ReadSession(ref reader), TerminalText.RequireName(reader.ReadString(), "key"), TerminalText.RequireValue(reader.ReadString(), TerminalText.ValueCharsMax, "value"));

    public override int FieldCount => 3;

    protected override void WriteFields(MessagePackWriter writer)
    {
        writer.WriteInteger(Session.Value);
        writer.WriteString(Key);
        writer.WriteString(Value);
    }

    public override TerminalTree ApplyTo(TerminalTree tree, DateTimeOffset time)
    {
        TerminalSession session = tree.GetSession(Session);
        return tree.With(session with { Metadata = session.Metadata.SetItem(Key, Value) });
    }
}
