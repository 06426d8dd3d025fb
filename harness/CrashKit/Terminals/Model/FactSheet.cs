using System.Globalization;

namespace Persistence.CrashKit.Terminals.Model;

/// <summary>A tree as a list of small facts, each with a name, so that two can be compared and their difference said in words.</summary>
internal sealed class FactSheet
{
    private readonly SortedDictionary<string, string> _facts = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, string> Facts => _facts;

    /// <summary>What runs in a pane, and how, as one text.</summary>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="directory">Where it starts, or null.</param>
    /// <param name="environment">What is said of variables, as <see cref="VariableText"/> has it, in their order.</param>
    /// <param name="restoreCommand">What is started instead when it is restored, or empty.</param>
    /// <param name="lines">How many lines are kept.</param>
    /// <param name="bytes">How many bytes are kept.</param>
    public static string Configuration(IEnumerable<string> command, string? directory, IEnumerable<(string Name, string Text)> environment, IEnumerable<string> restoreCommand, long lines, long bytes) =>
        string.Create(CultureInfo.InvariantCulture, $"{string.Join(' ', command)} in {directory ?? "-"} with {string.Join(' ', environment.Select(static one => $"{one.Name}{one.Text}"))}, restored by {string.Join(' ', restoreCommand)}, {lines} lines, {bytes} bytes");

    public void AddSession(string id, string name, string activeWindow, IEnumerable<KeyValuePair<string, string>> metadata, IEnumerable<KeyValuePair<string, string>> environment)
    {
        _facts.Add($"session {id}", name);
        _facts.Add($"active window of session {id}", activeWindow);
        foreach ((string key, string value) in metadata)
            _facts.Add($"metadata '{key}' of session {id}", value);
        foreach ((string variable, string text) in environment)
            _facts.Add($"variable {variable} of session {id}", text);
    }

    public void AddWindow(string id, string session, int index, string name, string activePane, string layout)
    {
        _facts.Add($"window {id}", name);
        _facts.Add($"place of window {id}", string.Create(CultureInfo.InvariantCulture, $"{index} in session {session}"));
        _facts.Add($"active pane of window {id}", activePane);
        _facts.Add($"layout of window {id}", layout);
    }

    /// <param name="id">The pane.</param>
    /// <param name="window">Its window.</param>
    /// <param name="columns">Its size.</param>
    /// <param name="rows">Its size.</param>
    /// <param name="configuration">What runs in it.</param>
    /// <param name="title">Its title; null when that is judged elsewhere.</param>
    public void AddPane(string id, string window, int columns, int rows, string configuration, string? title)
    {
        _facts.Add($"pane {id}", $"in window {window}");
        _facts.Add($"size of pane {id}", string.Create(CultureInfo.InvariantCulture, $"{columns}x{rows}"));
        _facts.Add($"configuration of pane {id}", configuration);
        if (title is not null)
            _facts.Add($"title of pane {id}", title);
    }

    /// <summary>Whether all facts are the same.</summary>
    public bool Agrees(FactSheet other) => _facts.Count == other._facts.Count && _facts.SequenceEqual(other._facts);

    /// <summary>The facts that are not the same, in words.</summary>
    /// <param name="expected">What they should be.</param>
    public IReadOnlyList<string> FindDifferences(FactSheet expected) =>
    [
        .. from name in _facts.Keys.Union(expected._facts.Keys).Order(StringComparer.Ordinal)
           let found = _facts.GetValueOrDefault(name)
           let wanted = expected._facts.GetValueOrDefault(name)
           where found != wanted
           select $"{name}: {(found is null ? "missing" : $"'{found}'")}, {(wanted is null ? "should not be" : $"should be '{wanted}'")}",
    ];
}
