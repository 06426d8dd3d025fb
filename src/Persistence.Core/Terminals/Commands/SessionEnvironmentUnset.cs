using Persistence.Serialization;

namespace Persistence.Terminals;

/// <summary>Nothing is said of a variable any more; it need not have been.</summary>
internal sealed record SessionEnvironmentUnset(SessionId Session, string Name) : TerminalCommand
{
    public override TerminalRecordKind Kind => TerminalRecordKind.SessionEnvironmentUnset;

    public static SessionEnvironmentUnset Read(ref MessagePackReader reader) => new(TerminalCodec.ReadSession(ref reader), TerminalText.RequireVariable(reader.ReadString()));

    public override int FieldCount => 2;

    protected override void WriteFields(MessagePackWriter writer)
    {
        writer.WriteInteger(Session.Value);
        writer.WriteString(Name);
    }

    public override TerminalTree ApplyTo(TerminalTree tree, DateTimeOffset time)
    {
        TerminalSession session = tree.GetSession(Session);
        return tree.With(session with { Environment = session.Environment.Remove(Name) });
    }
}
