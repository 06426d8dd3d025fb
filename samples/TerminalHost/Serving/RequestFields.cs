using System.Text.Json;

namespace Persistence.Samples.TerminalHost.Serving;

/// <summary>The fields of a request, or of an object in one. Those nobody asks for are passed over.</summary>
internal readonly struct RequestFields(JsonElement element)
{
    /// <exception cref="RequestException">The line is no JSON object, or some of its text is none.</exception>
    public static RequestFields Parse(ReadOnlyMemory<byte> line)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            // Half a surrogate pair is JSON and no text: nobody could look for a field beside such a name, nor could such an id be told again.
            JsonText.RequireText(document.RootElement);
            return Of(document.RootElement.Clone());
        }
        catch (JsonException e)
        {
            throw new RequestException($"The line is no JSON: {e.Message}");
        }
    }

    /// <exception cref="RequestException">It is no JSON object.</exception>
    public static RequestFields Of(JsonElement element) =>
        element.ValueKind == JsonValueKind.Object ? new RequestFields(element) : throw new RequestException("A JSON object is wanted.");

    public bool Has(string name) => Find(name).ValueKind != JsonValueKind.Undefined;

    /// <summary>A field; undefined when it is not there.</summary>
    public JsonElement Find(string name) => element.TryGetProperty(name, out JsonElement found) ? found : default;

    /// <summary>The text of a field.</summary>
    public string GetString(string name) => FindString(name) ?? throw Missing(name, "text");

    /// <summary>The text of a field; null when it is null or not there.</summary>
    public string? FindString(string name) => Find(name) switch
    {
        { ValueKind: JsonValueKind.String } text => ReadString(name, text),
        { ValueKind: JsonValueKind.Undefined or JsonValueKind.Null } => null,
        _ => throw Missing(name, "text"),
    };

    /// <summary>The whole number of a field.</summary>
    public long GetLong(string name) => FindLong(name) ?? throw Missing(name, "a whole number");

    /// <summary>The whole number of a field; null when it is null or not there.</summary>
    public long? FindLong(string name) => Find(name) switch
    {
        { ValueKind: JsonValueKind.Number } number when number.TryGetInt64(out long value) => value,
        { ValueKind: JsonValueKind.Undefined or JsonValueKind.Null } => null,
        _ => throw Missing(name, "a whole number"),
    };

    /// <summary>As <see cref="FindLong"/>, for what is no larger than an int.</summary>
    public int? FindInt(string name) => FindLong(name) switch
    {
        null => null,
        long value and >= int.MinValue and <= int.MaxValue => (int)value,
        _ => throw Missing(name, "a smaller number"),
    };

    /// <summary>Whether a field is true; false when it is not there.</summary>
    public bool IsTrue(string name) => Find(name) switch
    {
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.Undefined or JsonValueKind.Null or JsonValueKind.False } => false,
        _ => throw Missing(name, "true or false"),
    };

    /// <summary>An array of texts; empty when it is not there.</summary>
    public IReadOnlyList<string> GetStrings(string name) => Find(name) switch
    {
        { ValueKind: JsonValueKind.Array } array => [.. array.EnumerateArray().Select(item => item.ValueKind == JsonValueKind.String ? ReadString(name, item) : throw Missing(name, "an array of texts"))],
        { ValueKind: JsonValueKind.Undefined or JsonValueKind.Null } => [],
        _ => throw Missing(name, "an array of texts"),
    };

    /// <summary>An object of texts and nulls; empty when it is not there.</summary>
    public IReadOnlyList<KeyValuePair<string, string?>> GetPairs(string name) => Find(name) switch
    {
        { ValueKind: JsonValueKind.Object } pairs => [.. pairs.EnumerateObject().Select(pair => KeyValuePair.Create(pair.Name, Of(pairs).FindString(pair.Name)))],
        { ValueKind: JsonValueKind.Undefined or JsonValueKind.Null } => [],
        _ => throw Missing(name, "an object of texts and nulls"),
    };

    private static string ReadString(string name, JsonElement text)
    {
        try
        {
            return text.GetString()!;
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair.
            throw Missing(name, "text");
        }
    }

    private static RequestException Missing(string name, string wanted) => new($"The field '{name}' is wanted: {wanted}.");
}
