using Persistence.Serialization;

namespace Persistence.Terminals;

/// <summary>Writes checkpoint items; FORMAT.md.</summary>
internal static class TerminalItems
{
    public const int HeadFields = 6;
    public const int SessionFields = 5;
    public const int WindowFields = 8;
    public const int PaneFields = 17;
    public const int TailFields = 5;
    public const int MetadataFields = 4;
    public const int VariableFields = 3;

    public static void WriteHead(GrowableBuffer item, TerminalTree tree)
    {
        MessagePackWriter writer = Begin(item, HeadFields, TerminalItemKind.Head);
        writer.WriteInteger(tree.Next.Session);
        writer.WriteInteger(tree.Next.Window);
        writer.WriteInteger(tree.Next.Pane);
        TerminalCodec.WriteLimits(writer, tree.Scrollback);
    }

    public static void Write(GrowableBuffer item, TerminalSession session)
    {
        MessagePackWriter writer = Begin(item, SessionFields, TerminalItemKind.Session);
        writer.WriteInteger(session.Id.Value);
        writer.WriteString(session.Name);
        TerminalCodec.WriteTime(writer, session.Created);
        writer.WriteInteger(session.ActiveWindow.Value);
    }

    /// <summary>An item of its own: all of a session together may be more than an item can be.</summary>
    public static void WriteMetadata(GrowableBuffer item, SessionId session, string key, string value)
    {
        MessagePackWriter writer = Begin(item, MetadataFields, TerminalItemKind.Metadata);
        writer.WriteInteger(session.Value);
        writer.WriteString(key);
        writer.WriteString(value);
    }

    public static void WriteVariable(GrowableBuffer item, SessionId session, EnvironmentEntry variable)
    {
        MessagePackWriter writer = Begin(item, VariableFields, TerminalItemKind.Variable);
        writer.WriteInteger(session.Value);
        TerminalCodec.Write(writer, variable);
    }

    public static void Write(GrowableBuffer item, TerminalWindow window)
    {
        MessagePackWriter writer = Begin(item, WindowFields, TerminalItemKind.Window);
        writer.WriteInteger(window.Id.Value);
        writer.WriteInteger(window.Session.Value);
        writer.WriteInteger(window.Index);
        writer.WriteString(window.Name);
        TerminalCodec.WriteTime(writer, window.Created);
        LayoutCodec.Write(writer, window.Layout);
        writer.WriteInteger(window.ActivePane.Value);
    }

    public static void Write(GrowableBuffer item, TerminalPane pane, Scrollback output)
    {
        MessagePackWriter writer = Begin(item, PaneFields, TerminalItemKind.Pane);
        writer.WriteInteger(pane.Id.Value);
        writer.WriteInteger(pane.Window.Value);
        TerminalCodec.WriteTime(writer, pane.Created);
        TerminalCodec.Write(writer, pane.Size);
        TerminalCodec.Write(writer, pane.Configuration);
        writer.WriteString(pane.Title);
        TerminalCodec.WriteOrNil(writer, pane.WorkingDirectory);
        TerminalCodec.Write(writer, pane.State);
        TerminalCodec.WriteTime(writer, pane.StateChanged);
        writer.WriteInteger(output.Begin);
        writer.WriteInteger(output.End);
        writer.WriteInteger(output.Bytes);
    }

    public static void WriteTail(GrowableBuffer item, Scrollback output)
    {
        MessagePackWriter writer = Begin(item, TailFields, TerminalItemKind.Tail);
        writer.WriteInteger(output.Pane.Value);
        writer.WriteInteger(output.TailPosition);
        writer.WriteInteger(output.TailLineFeeds);
        writer.WriteBinary(output.Tail.Span);
    }

    private static MessagePackWriter Begin(GrowableBuffer item, int fields, TerminalItemKind kind)
    {
        MessagePackWriter writer = new(item);
        writer.WriteArrayHeader(fields);
        writer.WriteInteger((int)kind);
        return writer;
    }
}
