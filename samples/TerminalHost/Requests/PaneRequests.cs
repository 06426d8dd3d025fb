using System.Text.Json;
using Persistence.Diagnostics;
using Persistence.Samples.TerminalHost.Serving;
using Persistence.Terminals;

namespace Persistence.Samples.TerminalHost.Requests;

/// <summary>Requests about panes.</summary>
internal static class PaneRequests
{
    /// <summary>Creates a pane and starts its program. If that cannot be started there is no pane.</summary>
    public static void Create(TerminalServer server, RequestFields fields, Utf8JsonWriter answer)
    {
        (PaneConfiguration configuration, SecretVariables variables) = ReadConfiguration(server, fields);
        PaneId pane = default;
        server.Change(batch => pane = batch.CreatePane(fields.GetWindow(), configuration, fields.GetSize(), ReadPlacement(fields)));
        try
        {
            server.Panes.Start(pane, variables.Secrets);
        }
        catch (StoreException e) when (e.Error == StoreError.PtySpawnFailed)
        {
            server.Change(batch => batch.DestroyPane(pane));
            throw;
        }

        answer.WriteNumber("pane", pane.Value);
        JsonText.Write(answer, "pid", server.Terminals.Tree.Panes.GetValueOrDefault(pane)?.State.Process?.Id);
    }

    /// <summary>What is to run in a pane when something is started in it next: the whole configuration anew.</summary>
    public static void Configure(TerminalServer server, RequestFields fields, Utf8JsonWriter answer) =>
        server.Change(batch => batch.ConfigurePane(fields.GetPane(), ReadConfiguration(server, fields).Configuration));

    public static void Resize(TerminalServer server, RequestFields fields, Utf8JsonWriter answer) => server.Change(batch => batch.ResizePane(fields.GetPane(), fields.GetSize()));

    public static void SetTitle(TerminalServer server, RequestFields fields, Utf8JsonWriter answer) =>
        server.Change(batch => batch.SetPaneTitle(fields.GetPane(), fields.GetString("title")));

    public static void Select(TerminalServer server, RequestFields fields, Utf8JsonWriter answer) =>
        server.Change(batch => batch.SelectPane(fields.GetWindow(), fields.GetPane()));

    public static void Destroy(TerminalServer server, RequestFields fields, Utf8JsonWriter answer) => server.Change(batch => batch.DestroyPane(fields.GetPane()));

    private static (PaneConfiguration Configuration, SecretVariables Variables) ReadConfiguration(TerminalServer server, RequestFields fields)
    {
        SecretVariables variables = SecretVariables.Separate(fields.GetPairs("environment"), server.Store.Options.TerminalSecretPatterns);
        return (new PaneConfiguration
        {
            Command = fields.GetString("command"),
            Arguments = fields.GetStrings("arguments"),
            WorkingDirectory = fields.FindString("directory"),
            Environment = variables.Kept,
            RestoreCommand = fields.GetStrings("restore_command") is { Count: > 0 } restore ? new PaneCommand(restore[0], [.. restore.Skip(1)]) : null,
            Scrollback = ReadLimits(fields),
        }, variables);
    }

    private static ScrollbackLimits? ReadLimits(RequestFields fields)
    {
        if (!fields.Has("scrollback"))
            return null;
        RequestFields limits = RequestFields.Of(fields.Find("scrollback"));
        return new ScrollbackLimits(limits.FindLong("lines") ?? 0, limits.FindLong("bytes") ?? 0);
    }

    private static PanePlacement ReadPlacement(RequestFields fields) => new()
    {
        Of = new PaneId(fields.FindLong("of") ?? 0),
        Percent = fields.FindInt("percent"),
        Place = fields.FindString("place") switch
        {
            null or "right" => PanePlace.Right,
            "left" => PanePlace.Left,
            "below" => PanePlace.Below,
            "above" => PanePlace.Above,
            string other => throw new RequestException($"There is no place '{other}': right, left, below or above."),
        },
    };
}
