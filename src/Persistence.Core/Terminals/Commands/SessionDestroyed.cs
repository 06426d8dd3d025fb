using Persistence.Serialization;

namespace Persistence.Terminals;

/// <summary>A session was destroyed, with its windows and panes.</summary>
internal sealed record SessionDestroyed(SessionId Session) : TerminalCommand
{
    public override TerminalRecordKind Kind => TerminalRecordKind.SessionDestroyed;

    public static SessionDestroyed Read(ref MessagePackReader reader) => new(TerminalCodec.ReadSession(ref reader));

    public override int FieldCount => 1;

    protected override void WriteFields(MessagePackWriter writer)
    {
        writer.WriteInteger(Session.Value);
    }

    public override IEnumerable<PaneId> FindDestroyed(TerminalTree tree) => tree.Sessions[Session].Windows.Values.SelectMany(window => tree.Windows[window].Panes);

    public override TerminalTree ApplyTo(TerminalTree tree, DateTimeOffset time)
    {
        TerminalSession session = tree.GetSession(Session);
        return tree with
        {
            Sessions = tree.Sessions.Remove(Session),
            Names = tree.Names.Remove(session.Name),
            Windows = tree.Windows.RemoveRange(session.Windows.Values),
            Panes = tree.Panes.RemoveRange(FindDestroyed(tree)),
        };
    }
}
