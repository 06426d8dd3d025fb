using System.Text.Json;
using Persistence.CrashKit.Terminals.Model;

namespace Persistence.CrashKit.Terminals.Work;

/// <summary>What is to run in a pane, as it goes into a request and as it must be found.</summary>
internal sealed record PaneSpecification
{
    /// <summary>The variable that has a pane's token.</summary>
    public const string TokenVariable = "CRASH_PANE";

    public const string Greeting = "up";
    public const string RestoreGreeting = "back";

    private const string Shell = "/bin/sh";
    private const string SecretVariable = "API_TOKEN";

    /// <summary>Says which pane it is, once in a store's life.</summary>
    public required string Token { get; init; }

    public required string Directory { get; init; }

    public bool HasSecret { get; init; }

    /// <summary>What is started instead when it is restored, or empty.</summary>
    public IReadOnlyList<string> RestoreCommand { get; init; } = [];

    public required long Lines { get; init; }

    public required long Bytes { get; init; }

    public static IReadOnlyList<string> SoundRestoreCommand(string token) => [Shell, "-c", ShellCommands.Script(RestoreGreeting), "pane", token];

    /// <summary>All of it as one text, to be compared.</summary>
    public string ToText() => FactSheet.Configuration([Shell, .. Arguments], Directory, Variables.Select(static one => (one.Name, TextOf(one.Value, one.IsSecret))), RestoreCommand, Lines, Bytes);

    /// <summary>Writes the fields of a request.</summary>
    public void WriteTo(Utf8JsonWriter json)
    {
        json.WriteString("command", Shell);
        Write(json, "arguments", Arguments);
        json.WriteString("directory", Directory);
        json.WriteStartObject("environment");
        foreach ((string name, string? value, _) in Variables)
            json.WriteString(name, value);
        json.WriteEndObject();
        Write(json, "restore_command", RestoreCommand);
        json.WriteStartObject("scrollback");
        json.WriteNumber("lines", Lines);
        json.WriteNumber("bytes", Bytes);
        json.WriteEndObject();
    }

    private IReadOnlyList<string> Arguments => ["-c", ShellCommands.Script(Greeting), "pane", Token];

    /// <summary>No prompt, and nothing that shells of people do at their start.</summary>
    private IEnumerable<(string Name, string? Value, bool IsSecret)> Variables =>
        [(TokenVariable, Token, false), ("PS1", "", false), ("PS2", "", false), ("ENV", null, false), .. HasSecret ? [(SecretVariable, $"secret of {Token}", true)] : ((string, string?, bool)[])[]];

    private static string TextOf(string? value, bool isSecret) => isSecret ? VariableText.Withheld : value is null ? VariableText.Removed : VariableText.Set(value);

    private static void Write(Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (string value in values)
            json.WriteStringValue(value);
        json.WriteEndArray();
    }
}
