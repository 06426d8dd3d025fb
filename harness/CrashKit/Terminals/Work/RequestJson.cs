using System.Globalization;
using System.Text.Json;
using Persistence.CrashKit.Terminals.Model;

namespace Persistence.CrashKit.Terminals.Work;

/// <summary>Writes the fields of requests.</summary>
internal static class RequestJson
{
    /// <summary>Texts, whole numbers and nulls.</summary>
    public static void Write(Utf8JsonWriter json, params IEnumerable<(string Name, object? Value)> fields)
    {
        foreach ((string name, object? value) in fields)
        {
            if (value is string text)
                json.WriteString(name, text);
            else if (value is null)
                json.WriteNull(name);
            else
                json.WriteNumber(name, Convert.ToInt64(value, CultureInfo.InvariantCulture));
        }
    }

    /// <param name="json">Where it goes.</param>
    /// <param name="layout">The layout.</param>
    /// <param name="idOf">The host's number of a pane.</param>
    public static void Write(Utf8JsonWriter json, ModelLayout layout, Func<int, long> idOf)
    {
        if (layout.IsPane)
        {
            json.WriteNumberValue(idOf(layout.Pane));
            return;
        }

        json.WriteStartObject();
        json.WriteString("split", layout.IsSideBySide ? "side-by-side" : "stacked");
        json.WriteStartArray("parts");
        foreach ((ModelLayout part, int weight) in layout.Parts)
        {
            json.WriteStartObject();
            json.WritePropertyName("layout");
            Write(json, part, idOf);
            json.WriteNumber("weight", weight);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>A request of such fields that changes the tree.</summary>
    public static TreeRequest Change(string name, Func<TreeModel, TreeModel> change, params IEnumerable<(string Name, object? Value)> fields) => new(name, json => Write(json, fields), change);
}
