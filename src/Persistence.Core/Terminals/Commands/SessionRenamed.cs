using Persistence.Diagnostics;
using Persistence.Serialization;

namespace Persistence.Terminals;

/// <summary>A session has another name.</summary>
internal sealed record SessionRenamed(SessionId Session, string Name) : TerminalCommand
{
    public override TerminalRecordKind Kind => TerminalRecordKind.SessionRenamed;

    public static SessionRenamed Read(ref MessagePackReader reader) => new(TerminalCodec.ReadSession(ref reader), TerminalText.RequireName(reader.ReadString()));

    public override int FieldCount => 2;

    protected override void WriteFields(MessagePackWriter writer)
    {
        writer.WriteInteger(Session.Value);
        writer.WriteString(Name);
    }

    public override TerminalTree ApplyTo(TerminalTree tree, DateTimeOffset time)
    {
        TerminalSession session = tree.GetSession(Session);
        RequireFree(tree, Name, Session);
        return tree.With(session with { Name = Name }) with { Names = tree.Names.Remove(session.Name).Add(Name, Session) };
    }

    /// <exception cref="StoreException">SessionExists: another session has the name.</exception>
    public static void RequireFree(TerminalTree tree, string name, SessionId own)
    {
        if (tree.Names.TryGetValue(name, out SessionId other) && other != own)
            throw new StoreException(StoreError.SessionExists, $"The terminal session {other} has the name '{tree.Sessions[other].Name}' already.");
    }
}
