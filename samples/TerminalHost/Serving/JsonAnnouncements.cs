using System.Text.Json;
using Persistence.Recovery;
using Persistence.Terminals;

namespace Persistence.Samples.TerminalHost.Serving;

/// <summary>For programs: a JSON object each, told from answers by its field "event".</summary>
internal sealed class JsonAnnouncements(Stream output) : IAnnouncements
{
    public void Opened(RecoveryReport report) => Say("opened", json =>
    {
        json.WriteBoolean("clean", report.WasClean);
        json.WriteNumber("replayed", report.RecordsReplayed);
        json.WriteNumber("ms", report.Duration.TotalMilliseconds);
    });

    public void Restored(PaneRestoration pane) => Say("restored", json =>
    {
        json.WriteNumber("pane", pane.Pane.Value);
        json.WriteString("session", pane.Session);
        json.WriteNumber("window_index", pane.WindowIndex);
        json.WriteString("found", pane.Found.ToString());
        json.WriteBoolean("attempted", pane.IsAttempted);
        json.WriteBoolean("spawned", pane.IsSpawned);
        JsonText.Write(json, "pid", pane.ProcessId);
        json.WriteString("error", pane.Error?.Error.ToString());
        json.WriteString("command", pane.Command);
        json.WriteBoolean("restore_command", pane.IsRestoreCommand);
        json.WriteString("directory", pane.Directory);
        JsonText.Write(json, "directory_restored", pane.IsDirectoryRestored);
        JsonText.Write(json, "environment_restored", pane.IsEnvironmentRestored);
        JsonText.Write(json, "withheld", pane.WithheldVariables);
        JsonText.Write(json, "exit_code", pane.ExitCode);
        JsonText.Write(json, "previous_pid", pane.PreviousProcessId);
        json.WriteString("warning", pane.Warning);
    });

    public void Serving(string? socket) => Say("serving", json => json.WriteString("socket", socket));

    private void Say(string what, Action<Utf8JsonWriter> write) => output.Write(JsonText.LineOf(json =>
    {
        json.WriteString("event", what);
        write(json);
    }));
}
