using System.Text.Json;
using Persistence.Samples.TerminalHost.Serving;
using Persistence.Terminals;

namespace Persistence.Samples.TerminalHost.Requests;

/// <summary>Requests about sessions.</summary>
internal static class SessionRequests
{
    public static void Create(TerminalServer server, RequestFields fields, Utf8JsonWriter answer)
    {
        SessionId session = default;
        server.Change(batch => session = batch.CreateSession(fields.GetString("name")));
        answer.WriteNumber("session", session.Value);
    }

    public static void Rename(TerminalServer server, RequestFields fields, Utf8JsonWriter answer) =>
        server.Change(batch => batch.RenameSession(fields.GetSession(), fields.GetString("name")));

    public static void Destroy(TerminalServer server, RequestFields fields, Utf8JsonWriter answer) => server.Change(batch => batch.DestroySession(fields.GetSession()));

    public static void SetMetadata(TerminalServer server, RequestFields fields, Utf8JsonWriter answer) =>
        server.Change(batch => batch.SetMetadata(fields.GetSession(), fields.GetString("key"), fields.GetString("value")));

    public static void UnsetMetadata(TerminalServer server, RequestFields fields, Utf8JsonWriter answer) =>
        server.Change(batch => batch.UnsetMetadata(fields.GetSession(), fields.GetString("key")));

    /// <summary>A variable of every program that is started in the session from now on; without a value it is removed from what they inherit. A secret's value stays in this process.</summary>
    public static void SetEnvironment(TerminalServer server, RequestFields fields, Utf8JsonWriter answer)
    {
        KeyValuePair<string, string?> variable = new(fields.GetString("name"), fields.FindString("value"));
        SecretVariables separated = SecretVariables.Separate([variable], server.Store.Options.TerminalSecretPatterns);
        server.Change(batch => batch.SetEnvironment(fields.GetSession(), separated.Kept[0]));
        server.Panes.KeepSecrets(fields.GetSession(), separated.Secrets);
    }

    public static void UnsetEnvironment(TerminalServer server, RequestFields fields, Utf8JsonWriter answer) =>
        server.Change(batch => batch.UnsetEnvironment(fields.GetSession(), fields.GetString("name")));
}
