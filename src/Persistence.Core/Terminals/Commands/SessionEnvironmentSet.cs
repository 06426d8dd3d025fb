using Persistence.Serialization;

namespace Persistence.Terminals;

/// <summary>A variable is said to be in, or not to be in, the environment of what is started in a session.</summary>
internal sealed record SessionEnvironmentSet(SessionId Session, EnvironmentEntry Variable) : TerminalCommand
{
    public override TerminalRecordKind Kind => TerminalRecordKind.SessionEnvironmentSet;

    public static SessionEnvironmentSet Read(ref MessagePackReader reader) => new(TerminalCodec.ReadSession(ref reader), TerminalCodec.ReadVariable(ref reader));

    public override int FieldCount => 2;

    protected override void WriteFields(MessagePackWriter writer)
    {
        writer.WriteInteger(Session.Value);
        TerminalCodec.Write(writer, Variable);
    }

    public override TerminalTree ApplyTo(TerminalTree tree, DateTimeOffset time)
    {
        TerminalSession session = tree.GetSession(Session);
        return tree.With(session with { Environment = session.Environment.SetItem(Variable.Name, Variable) });
    }
}
