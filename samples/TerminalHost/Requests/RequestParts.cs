using Persistence.Samples.TerminalHost.Serving;
using Persistence.Terminals;

namespace Persistence.Samples.TerminalHost.Requests;

/// <summary>What several requests have in common.</summary>
internal static class RequestParts
{
    public static SessionId GetSession(this RequestFields fields) => new(fields.GetLong("session"));

    public static WindowId GetWindow(this RequestFields fields) => new(fields.GetLong("window"));

    public static PaneId GetPane(this RequestFields fields) => new(fields.GetLong("pane"));

    /// <summary>The size that is said; 80x24 for what is not.</summary>
    public static TerminalSize GetSize(this RequestFields fields) =>
        new(fields.FindInt("columns") ?? TerminalSize.Default.Columns, fields.FindInt("rows") ?? TerminalSize.Default.Rows);

    /// <summary>Commits one step, and has the terminals follow.</summary>
    public static void Change(this TerminalServer server, Action<TerminalBatch> change)
    {
        TerminalBatch batch = server.Terminals.CreateBatch();
        change(batch);
        server.Panes.Commit(batch);
    }
}
