using System.Text.Json;

namespace Persistence.Samples.TerminalHost.Client;

/// <summary>A tree for people.</summary>
internal static class TreeText
{
    public static void Write(JsonElement tree, TextWriter output)
    {
        foreach (JsonElement session in tree.GetProperty("sessions").EnumerateArray())
        {
            output.WriteLine($"session {session.GetProperty("session")}: {session.GetProperty("name")}");
            foreach (JsonElement window in session.GetProperty("windows").EnumerateArray())
                Write(session, window, output);
        }
    }

    private static void Write(JsonElement session, JsonElement window, TextWriter output)
    {
        string id = window.GetProperty("window").ToString();
        output.WriteLine($"  window {id} at {window.GetProperty("index")}: {window.GetProperty("name")}{Mark(session, "active_window", id)}");
        foreach (JsonElement pane in window.GetProperty("panes").EnumerateArray())
        {
            string number = pane.GetProperty("pane").ToString();
            output.WriteLine($"    pane {number}: {pane.GetProperty("command")}, {Describe(pane)}, {pane.GetProperty("end")} bytes of output{Mark(window, "active_pane", number)}");
        }
    }

    private static string Describe(JsonElement pane) => pane.GetProperty("status").GetString() switch
    {
        "Running" => $"running as {pane.GetProperty("pid")}",
        "Exited" => $"exited with {pane.GetProperty("exit_code")}",
        _ => "not running",
    };

    private static string Mark(JsonElement of, string active, string id) => of.GetProperty(active).ToString() == id ? " (active)" : "";
}
