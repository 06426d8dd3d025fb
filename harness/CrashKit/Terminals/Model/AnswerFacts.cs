using System.Globalization;
using System.Text.Json;

namespace Persistence.CrashKit.Terminals.Model;

/// <summary>The facts of a tree as a host has told it.</summary>
internal static class AnswerFacts
{
    /// <param name="answer">The answer to "tree".</param>
    /// <param name="judgesTitle">Whether a pane's title is among the facts.</param>
    public static FactSheet Of(JsonElement answer, Predicate<long> judgesTitle)
    {
        FactSheet sheet = new();
        foreach (JsonElement session in answer.GetProperty("sessions").EnumerateArray())
        {
            string id = Text(session, "session");
            sheet.AddSession(id, Text(session, "name"), Text(session, "active_window"), Pairs(session, "metadata", static value => value.GetString()!), Pairs(session, "environment", TextOfVariable));
            foreach (JsonElement window in session.GetProperty("windows").EnumerateArray())
                Add(sheet, id, window, judgesTitle);
        }

        return sheet;
    }

    private static void Add(FactSheet sheet, string session, JsonElement window, Predicate<long> judgesTitle)
    {
        string id = Text(window, "window");
        JsonElement layout = window.GetProperty("layout");
        sheet.AddWindow(id, session, window.GetProperty("index").GetInt32(), Text(window, "name"), Text(window, "active_pane"), layout.ValueKind == JsonValueKind.Null ? "" : TextOfLayout(layout));
        foreach (JsonElement pane in window.GetProperty("panes").EnumerateArray())
        {
            string? title = judgesTitle(pane.GetProperty("pane").GetInt64()) ? Text(pane, "title") : null;
            sheet.AddPane(Text(pane, "pane"), id, pane.GetProperty("columns").GetInt32(), pane.GetProperty("rows").GetInt32(), TextOfConfiguration(pane), title);
        }
    }

    private static string TextOfConfiguration(JsonElement pane)
    {
        bool isLimited = pane.TryGetProperty("scrollback", out JsonElement limits);
        return FactSheet.Configuration(
            [Text(pane, "command"), .. Texts(pane, "arguments")],
            pane.GetProperty("directory").GetString(),
            Pairs(pane, "environment", TextOfVariable).Select(static pair => (pair.Key, pair.Value)),
            pane.TryGetProperty("restore_command", out _) ? Texts(pane, "restore_command") : [],
            isLimited ? limits.GetProperty("lines").GetInt64() : -1,
            isLimited ? limits.GetProperty("bytes").GetInt64() : -1);
    }

    private static string TextOfVariable(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => VariableText.Set(value.GetString()!),
        JsonValueKind.Null => VariableText.Removed,
        _ => VariableText.Withheld,
    };

    private static string TextOfLayout(JsonElement layout)
    {
        if (layout.ValueKind == JsonValueKind.Number)
            return layout.GetRawText();
        IEnumerable<string> parts = layout.GetProperty("parts").EnumerateArray().Select(static part =>
        {
            int weight = part.GetProperty("weight").GetInt32();
            string text = TextOfLayout(part.GetProperty("layout"));
            return weight == 1 ? text : string.Create(CultureInfo.InvariantCulture, $"{weight}*{text}");
        });
        return $"[{string.Join(layout.GetProperty("split").GetString() == "side-by-side" ? '|' : '/', parts)}]";
    }

    private static IEnumerable<KeyValuePair<string, string>> Pairs(JsonElement of, string name, Func<JsonElement, string> toText) =>
        of.GetProperty(name).EnumerateObject().Select(pair => KeyValuePair.Create(pair.Name, toText(pair.Value)));

    private static IEnumerable<string> Texts(JsonElement of, string name) => of.GetProperty(name).EnumerateArray().Select(static text => text.GetString()!);

    private static string Text(JsonElement of, string name) => of.GetProperty(name) is { ValueKind: JsonValueKind.String } text ? text.GetString()! : of.GetProperty(name).GetRawText();
}
