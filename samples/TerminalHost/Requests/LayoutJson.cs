using System.Text.Json;
using Persistence.Samples.TerminalHost.Serving;
using Persistence.Terminals;

namespace Persistence.Samples.TerminalHost.Requests;

/// <summary>Layouts in requests and answers: null; the number of a pane; or <c>{"split": "side-by-side" or "stacked", "parts": [{"layout": …, "weight": 1} …]}</c>.</summary>
internal static class LayoutJson
{
    private const string SideBySide = "side-by-side";
    private const string Stacked = "stacked";

    public static void Write(Utf8JsonWriter json, TerminalLayout? layout)
    {
        if (layout is PaneLayout leaf)
            json.WriteNumberValue(leaf.Pane.Value);
        else if (layout is SplitLayout split)
            WriteSplit(json, split);
        else
            json.WriteNullValue();
    }

    /// <exception cref="RequestException">It is no layout.</exception>
    public static TerminalLayout? Read(JsonElement layout) => layout.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined ? null : ReadPart(layout);

    private static void WriteSplit(Utf8JsonWriter json, SplitLayout split)
    {
        json.WriteStartObject();
        json.WriteString("split", split.Direction == SplitDirection.SideBySide ? SideBySide : Stacked);
        json.WriteStartArray("parts");
        foreach (LayoutPart part in split.Parts)
        {
            json.WriteStartObject();
            json.WritePropertyName("layout");
            Write(json, part.Layout);
            json.WriteNumber("weight", part.Weight);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    // A line of JSON is nested 64 deep at most, and so is this.
    private static TerminalLayout ReadPart(JsonElement layout)
    {
        if (layout.ValueKind == JsonValueKind.Number && layout.TryGetInt64(out long pane))
            return TerminalLayout.Of(new PaneId(pane));
        RequestFields fields = RequestFields.Of(layout);
        SplitDirection direction = fields.GetString("split") switch
        {
            SideBySide => SplitDirection.SideBySide,
            Stacked => SplitDirection.Stacked,
            string other => throw new RequestException($"There is no split '{other}': {SideBySide} or {Stacked}."),
        };
        JsonElement parts = fields.Find("parts");
        return parts.ValueKind == JsonValueKind.Array
            ? TerminalLayout.Split(direction, [.. parts.EnumerateArray().Select(ReadWeighed)])
            : throw new RequestException("The field 'parts' is wanted: an array.");
    }

    private static LayoutPart ReadWeighed(JsonElement part)
    {
        RequestFields fields = RequestFields.Of(part);
        return new LayoutPart(ReadPart(fields.Find("layout")), fields.FindInt("weight") ?? 1);
    }
}
