using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Persistence.Samples.TerminalHost.Serving;

/// <summary>JSON as it is spoken here: an object a line.</summary>
internal static class JsonText
{
    // It goes to terminals and programs, not into web pages.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>An object, and the end of the line.</summary>
    public static byte[] LineOf(Action<Utf8JsonWriter> write)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer, Options))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        buffer.Write("\n"u8);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Names and values, all that is in it, can be written again.</summary>
    /// <exception cref="RequestException">One is no text.</exception>
    public static void RequireText(JsonElement element)
    {
        try
        {
            using Utf8JsonWriter nowhere = new(Stream.Null, Options);
            element.WriteTo(nowhere);
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            throw new RequestException("The line has half of a surrogate pair, or bytes that are no UTF-8, where there should be text.");
        }
    }

    public static void Write(Utf8JsonWriter json, string name, long? value)
    {
        if (value is long number)
            json.WriteNumber(name, number);
        else
            json.WriteNull(name);
    }

    public static void Write(Utf8JsonWriter json, string name, bool? value)
    {
        if (value is bool truth)
            json.WriteBoolean(name, truth);
        else
            json.WriteNull(name);
    }

    public static void Write(Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (string value in values)
            json.WriteStringValue(value);
        json.WriteEndArray();
    }
}
