using System.Text.Json;
using Persistence.Samples.TerminalHost.Serving;
using Persistence.Terminals;

namespace Persistence.Samples.TerminalHost.Requests;

/// <summary>Writes all sessions, windows and panes of one moment.</summary>
internal sealed class TreeWriter(TerminalServer server, Utf8JsonWriter json)
{
    private readonly TerminalTree _tree = server.Terminals.Tree;

    public void Write()
    {
        json.WriteStartArray("sessions");
        foreach (TerminalSession session in _tree.Sessions.Values)
            Write(session);
        json.WriteEndArray();
    }

    private void Write(TerminalSession session)
    {
        json.WriteStartObject();
        json.WriteNumber("session", session.Id.Value);
        json.WriteString("name", session.Name);
        json.WriteString("created", session.Created);
        json.WriteNumber("active_window", session.ActiveWindow.Value);
        json.WriteStartObject("metadata");
        foreach ((string key, string value) in session.Metadata)
            json.WriteString(key, value);
        json.WriteEndObject();
        WriteEnvironment(session.Environment.Values);
        json.WriteStartArray("windows");
        foreach (TerminalWindow window in _tree.WindowsOf(session.Id))
            Write(window);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private void Write(TerminalWindow window)
    {
        json.WriteStartObject();
        json.WriteNumber("window", window.Id.Value);
        json.WriteNumber("index", window.Index);
        json.WriteString("name", window.Name);
        json.WriteString("created", window.Created);
        json.WriteNumber("active_pane", window.ActivePane.Value);
        json.WritePropertyName("layout");
        LayoutJson.Write(json, window.Layout);
        json.WriteStartArray("panes");
        foreach (TerminalPane pane in _tree.PanesOf(window.Id))
            Write(pane);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private void Write(TerminalPane pane)
    {
        json.WriteStartObject();
        json.WriteNumber("pane", pane.Id.Value);
        json.WriteString("created", pane.Created);
        json.WriteNumber("columns", pane.Size.Columns);
        json.WriteNumber("rows", pane.Size.Rows);
        json.WriteString("title", pane.Title);
        json.WriteString("working_directory", pane.WorkingDirectory);
        WriteConfiguration(pane.Configuration);
        WriteState(pane);
        JsonText.Write(json, "end", server.Terminals.FindOutput(pane.Id)?.End);
        json.WriteEndObject();
    }

    private void WriteConfiguration(PaneConfiguration configuration)
    {
        json.WriteString("command", configuration.Command);
        JsonText.Write(json, "arguments", configuration.Arguments);
        json.WriteString("directory", configuration.WorkingDirectory);
        WriteEnvironment(configuration.Environment);
        if (configuration.RestoreCommand is PaneCommand restore)
            JsonText.Write(json, "restore_command", [restore.Command, .. restore.Arguments]);
        if (configuration.Scrollback is not ScrollbackLimits limits)
            return;
        json.WriteStartObject("scrollback");
        json.WriteNumber("lines", limits.Lines);
        json.WriteNumber("bytes", limits.Bytes);
        json.WriteEndObject();
    }

    private void WriteState(TerminalPane pane)
    {
        json.WriteString("status", pane.State.Status.ToString());
        json.WriteBoolean("running", server.Panes.IsLive(pane.Id));
        JsonText.Write(json, "exit_code", pane.State.ExitCode);
        json.WriteNumber("signal", pane.State.Signal);
        JsonText.Write(json, "pid", pane.State.Process?.Id);
    }

    /// <summary>The value of each variable; null for one that is removed from what is inherited, and an object for one whose value is withheld.</summary>
    private void WriteEnvironment(IEnumerable<EnvironmentEntry> environment)
    {
        json.WriteStartObject("environment");
        foreach (EnvironmentEntry entry in environment)
        {
            json.WritePropertyName(entry.Name);
            if (entry.Kind == EnvironmentEntryKind.Withheld)
                json.WriteRawValue("{\"withheld\":true}");
            else
                json.WriteStringValue(entry.Value);
        }

        json.WriteEndObject();
    }
}
