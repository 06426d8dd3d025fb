using System.Text.Json;
using Persistence.Terminals;

namespace Persistence.CrashKit.Terminals.Work;

/// <summary>Holds what a host tells of a pane that it restores against what was found in the store before the host was started.</summary>
internal static class RestorationJudge
{
    /// <param name="told">What the host tells.</param>
    /// <param name="found">The pane as it was found.</param>
    /// <param name="session">Its session as it was found.</param>
    /// <returns>What is wrong, or null.</returns>
    public static string? FindWrong(JsonElement told, TerminalPane found, TerminalSession session)
    {
        bool isRestored = found.State.Status != PaneStatus.Exited;
        PaneCommand? restore = found.Configuration.RestoreCommand;
        string command = restore?.Command ?? found.Configuration.Command;
        bool canStart = Path.Exists(command);
        return Compare(told, "found", found.State.Status.ToString())
            ?? Compare(told, "session", session.Name)
            ?? Compare(told, "attempted", isRestored)
            ?? Compare(told, "spawned", isRestored && canStart)
            ?? Compare(told, "error", isRestored && !canStart ? "PtySpawnFailed" : null)
            ?? Compare(told, "command", command)
            ?? Compare(told, "restore_command", restore is not null)
            ?? Compare(told, "exit_code", isRestored ? null : found.State.ExitCode)
            ?? (isRestored && canStart ? FindWrongStart(told, found, session) : null);
    }

    private static string? FindWrongStart(JsonElement told, TerminalPane found, TerminalSession session)
    {
        string wanted = found.WorkingDirectory ?? found.Configuration.WorkingDirectory!;
        bool isThere = Directory.Exists(wanted);
        string[] withheld = [.. WithheldBy(session.Environment.Values, found.Configuration.Environment)];
        string[] toldWithheld = [.. told.GetProperty("withheld").EnumerateArray().Select(static name => name.GetString()!).Order(StringComparer.Ordinal)];
        bool isWarned = told.GetProperty("warning").ValueKind == JsonValueKind.String;
        string? directory = told.GetProperty("directory").GetString();
        if (!withheld.SequenceEqual(toldWithheld))
            return $"it tells that [{string.Join(", ", toldWithheld)}] are withheld, and [{string.Join(", ", withheld)}] are";
        if ((directory == wanted) != isThere || !Directory.Exists(directory))
            return $"it starts in '{directory}', though '{wanted}' is {(isThere ? "" : "not ")}there";
        if (!isWarned && (!isThere || withheld.Length > 0))
            return "nobody is warned that it is not as it was";
        return Compare(told, "directory_restored", isThere) ?? Compare(told, "environment_restored", withheld.Length == 0);
    }

    /// <summary>The names of what is withheld, in their order; what the pane says counts over what the session says.</summary>
    private static IEnumerable<string> WithheldBy(IEnumerable<EnvironmentEntry> session, IEnumerable<EnvironmentEntry> pane) => session.Concat(pane)
        .GroupBy(static entry => entry.Name, StringComparer.Ordinal)
        .Where(static entries => entries.Last().Kind == EnvironmentEntryKind.Withheld)
        .Select(static entries => entries.Key)
        .Order(StringComparer.Ordinal);

    private static string? Compare(JsonElement told, string name, string? wanted) => told.GetProperty(name).GetString() is string said && said == wanted
        ? null
        : wanted is null && told.GetProperty(name).ValueKind == JsonValueKind.Null ? null : Different(told, name, wanted ?? "null");

    private static string? Compare(JsonElement told, string name, bool wanted) => told.GetProperty(name).GetBoolean() == wanted ? null : Different(told, name, wanted ? "true" : "false");

    private static string? Compare(JsonElement told, string name, int? wanted)
    {
        JsonElement said = told.GetProperty(name);
        bool isSame = wanted is int number ? said.ValueKind == JsonValueKind.Number && said.GetInt32() == number : said.ValueKind == JsonValueKind.Null;
        return isSame ? null : Different(told, name, wanted?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "null");
    }

    private static string Different(JsonElement told, string name, string wanted) => $"it tells {name} = {told.GetProperty(name)}, which should be {wanted}: {told}";
}
