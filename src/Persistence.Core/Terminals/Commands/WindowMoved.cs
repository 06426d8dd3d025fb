using Persistence.Diagnostics;
using Persistence.Serialization;

namespace Persistence.Terminals;

/// <summary>A window has another index, or is in another session.</summary>
/// <param name="Window">The window.</param>
/// <param name="Session">The session it is in from now on.</param>
/// <param name="Index">Its index there; null until the next free one is known.</param>
internal sealed record WindowMoved(WindowId Window, SessionId Session, int? Index) : TerminalCommand
{
    public override TerminalRecordKind Kind => TerminalRecordKind.WindowMoved;

    public static WindowMoved Read(ref MessagePackReader reader) =>
        new(TerminalCodec.ReadWindow(ref reader), TerminalCodec.ReadSession(ref reader), TerminalCodec.ReadIndex(ref reader));

    public override int FieldCount => 3;

    protected override void WriteFields(MessagePackWriter writer)
    {
        writer.WriteInteger(Window.Value);
        writer.WriteInteger(Session.Value);
        TerminalCodec.WriteIndex(writer, Index);
    }

    public override TerminalCommand Resolve(TerminalTree tree) => this with { Index = Index ?? NextIndex(tree.GetSession(Session)) };

    public override void WriteTail(MessagePackWriter writer) => TerminalCodec.WriteIndex(writer, Index);

    public override TerminalCommand ReadTail(ref MessagePackReader reader) => this with { Index = TerminalCodec.ReadIndex(ref reader) };

    public override TerminalTree ApplyTo(TerminalTree tree, DateTimeOffset time)
    {
        TerminalWindow window = tree.GetWindow(Window);
        bool staysActive = window.Session == Session && tree.GetSession(Session).ActiveWindow == Window;
        TerminalTree moved = PutInto(TakeOut(tree, window), window with { Session = Session, Index = Index!.Value });
        return staysActive ? moved.With(moved.GetSession(Session) with { ActiveWindow = Window }) : moved;
    }

    /// <summary>The index after the greatest.</summary>
    /// <exception cref="StoreException">WindowExists: there is none.</exception>
    public static int NextIndex(TerminalSession session) => session.Windows.IsEmpty
        ? 0
        : session.Windows.Keys.Last() is int last and < int.MaxValue ? last + 1 : throw new StoreException(StoreError.WindowExists, $"The terminal session {session.Id} has a window of the greatest index there is.");

    /// <summary>A window is in a session from now on; the first one is active.</summary>
    /// <exception cref="StoreException">SessionNotFound. WindowExists: another one has the index.</exception>
    public static TerminalTree PutInto(TerminalTree tree, TerminalWindow window)
    {
        TerminalSession session = tree.GetSession(window.Session);
        if (session.Windows.TryGetValue(window.Index, out WindowId other))
            throw new StoreException(StoreError.WindowExists, $"The terminal session {session.Id} has the window {other} at index {window.Index} already.");
        return tree.With(window).With(session with
        {
            Windows = session.Windows.Add(window.Index, window.Id),
            ActiveWindow = session.ActiveWindow == WindowId.None ? window.Id : session.ActiveWindow,
        });
    }

    /// <summary>A window is no longer in its session. If it was the active one, the nearest before it is, else the first.</summary>
    public static TerminalTree TakeOut(TerminalTree tree, TerminalWindow window)
    {
        TerminalSession session = tree.GetSession(window.Session);
        TerminalSession without = session with { Windows = session.Windows.Remove(window.Index) };
        if (session.ActiveWindow == window.Id)
        {
            WindowId before = without.Windows.LastOrDefault(other => other.Key < window.Index).Value;
            without = without with { ActiveWindow = before == WindowId.None ? without.Windows.FirstOrDefault().Value : before };
        }

        return tree.With(without);
    }
}
