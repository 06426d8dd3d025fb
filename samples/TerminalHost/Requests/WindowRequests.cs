using System.Text.Json;
using Persistence.Samples.TerminalHost.Serving;
using Persistence.Terminals;

namespace Persistence.Samples.TerminalHost.Requests;

/// <summary>Requests about windows.</summary>
internal static class WindowRequests
{
    public static void Create(TerminalServer server, RequestFields fields, Utf8JsonWriter answer)
    {
        WindowId window = default;
        server.Change(batch => window = batch.CreateWindow(fields.GetSession(), fields.GetString("name"), fields.FindInt("index")));
        answer.WriteNumber("window", window.Value);
    }

    public static void Rename(TerminalServer server, RequestFields fields, Utf8JsonWriter answer) =>
        server.Change(batch => batch.RenameWindow(fields.GetWindow(), fields.GetString("name")));

    public static void Move(TerminalServer server, RequestFields fields, Utf8JsonWriter answer) =>
        server.Change(batch => batch.MoveWindow(fields.GetWindow(), fields.GetSession(), fields.FindInt("index")));

    public static void Select(TerminalServer server, RequestFields fields, Utf8JsonWriter answer) =>
        server.Change(batch => batch.SelectWindow(fields.GetSession(), fields.GetWindow()));

    public static void SetLayout(TerminalServer server, RequestFields fields, Utf8JsonWriter answer) =>
        server.Change(batch => batch.SetLayout(fields.GetWindow(), LayoutJson.Read(fields.Find("layout"))));

    public static void Destroy(TerminalServer server, RequestFields fields, Utf8JsonWriter answer) => server.Change(batch => batch.DestroyWindow(fields.GetWindow()));
}
