using Persistence.Diagnostics;
using Persistence.Serialization;

namespace Persistence.Terminals;

/// <summary>A session was created.</summary>
internal sealed record SessionCreated(SessionId Session, string Name) : TerminalCommand
{
    public override TerminalRecordKind Kind => TerminalRecordKind.SessionCreated;

    public static SessionCreated Read(ref MessagePackReader reader) => new(new SessionId(TerminalCodec.ReadId(ref reader)), TerminalText.RequireName(reader.ReadString()));

    public override int FieldCount => 2;

    protected override void WriteFields(MessagePackWriter writer)
    {
        writer.WriteInteger(Session.Value);
        writer.WriteString(Name);
    }

    public override TerminalTree ApplyTo(TerminalTree tree, DateTimeOffset time)
    {
        if (tree.Sessions.ContainsKey(Session))
            throw new StoreException(StoreError.SessionExists, $"There is a terminal session {Session} already.");
        SessionRenamed.RequireFree(tree, Name, SessionId.None);
        return tree.With(new TerminalSession { Id = Session, Name = Name, Created = time }) with
        {
            Names = tree.Names.Add(Name, Session),
            Next = tree.Next with { Session = Math.Max(tree.Next.Session, Session.Value + 1) },
        };
    }
}
