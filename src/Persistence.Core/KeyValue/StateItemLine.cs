using System.Text;
using System.Text.Json;
using Persistence.Diagnostics;
using Persistence.Serialization;
using Persistence.State;

namespace Persistence.KeyValue;

/// <summary>A key and its value as one line of JSON: <c>{"key":"host/web1","value":…}</c>. Serialization/JSON.md has the mapping of values.</summary>
public static class StateItemLine
{
    private const string KeyName = "key";
    private const string ValueName = "value";

    /// <summary>The line, without its end.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">One MessagePack value.</param>
    /// <exception cref="MalformedDataException">The bytes are not a value.</exception>
    /// <exception cref="StoreException">UnsupportedFormatVersion.</exception>
    public static string Format(string key, ReadOnlySpan<byte> value)
    {
        using MemoryStream line = new();
        using (Utf8JsonWriter json = new(line, ValueJson.WriterOptions))
        {
            json.WriteStartObject();
            json.WriteString(KeyName, key);
            json.WritePropertyName(ValueName);
            ValueJson.Write(json, value);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(line.GetBuffer(), 0, (int)line.Length);
    }

    /// <summary>Takes a line apart.</summary>
    /// <param name="line">The line.</param>
    /// <param name="value">One MessagePack value.</param>
    /// <returns>The key; whether it can be one is not checked.</returns>
    /// <exception cref="FormatException">It is no such line. The message never tells what it holds.</exception>
    /// <exception cref="StoreException">RecordTooLarge.</exception>
    public static string Parse(string line, out byte[] value)
    {
        ArgumentNullException.ThrowIfNull(line);
        using JsonDocument document = ParseJson(line);
        JsonElement root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object)
            throw new FormatException("It is not a JSON object.");
        JsonElement? key = null;
        JsonElement? content = null;
        foreach (JsonProperty member in root.EnumerateObject())
        {
            if (member.NameEquals(KeyName) && key is null)
                key = member.Value;
            else if (member.NameEquals(ValueName) && content is null)
                content = member.Value;
            else
                throw new FormatException($"It has a member beside \"{KeyName}\" and \"{ValueName}\", or one of them twice.");
        }

        if (key is not JsonElement keyJson || content is not JsonElement contentJson)
            throw new FormatException($"It lacks the member \"{(key is null ? KeyName : ValueName)}\".");
        GrowableBuffer buffer = new(RecordLimits.RecordBytesMax);
        ValueJson.Read(contentJson, buffer);
        value = buffer.WrittenSpan.ToArray();
        return ReadKey(keyJson);
    }

    private static string ReadKey(JsonElement key)
    {
        try
        {
            return key.GetString() ?? throw new FormatException($"Its member \"{KeyName}\" is null.");
        }
        catch (InvalidOperationException)
        {
            throw new FormatException($"Its member \"{KeyName}\" is not a string of valid text.");
        }
    }

    /// <summary>The library's own message quotes what it did not understand.</summary>
    private static JsonDocument ParseJson(string line)
    {
        try
        {
            return JsonDocument.Parse(line, ValueJson.ReaderOptions);
        }
        catch (JsonException e)
        {
            throw new FormatException($"It is not valid JSON at byte {e.BytePositionInLine}, or nested too deep.");
        }
        catch (ArgumentException)
        {
            throw new FormatException("It is not valid text.");
        }
    }
}
