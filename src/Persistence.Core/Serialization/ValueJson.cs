using System.Text.Encodings.Web;
using System.Text.Json;
using Persistence.Diagnostics;

namespace Persistence.Serialization;

/// <summary>
/// Values as JSON that a person can read and edit: plain JSON where that says everything, and a hint where it would lose the type. What
/// <see cref="ValueWriter"/> wrote comes back the same, and so do the types; plain JSON without hints is a value too. JSON.md has the mapping.
/// </summary>
public static class ValueJson
{
    /// <summary>How JSON is written: on one line, and nothing escaped that need not be.</summary>
    public static JsonWriterOptions WriterOptions { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>How JSON is read: strictly, and as deep as values may be nested.</summary>
    public static JsonDocumentOptions ReaderOptions { get; } = new() { MaxDepth = 4 * (ValueWriter.MaxDepth + 2) };

    /// <summary>Writes one value.</summary>
    /// <param name="json">Where to, with <see cref="WriterOptions"/>.</param>
    /// <param name="value">One MessagePack value, as <see cref="ValueWriter"/> writes it.</param>
    /// <exception cref="MalformedDataException">The bytes are not a value of the format.</exception>
    /// <exception cref="StoreException"><see cref="StoreError.UnsupportedFormatVersion"/>: a newer version wrote something this one does not know.</exception>
    public static void Write(Utf8JsonWriter json, ReadOnlySpan<byte> value)
    {
        ArgumentNullException.ThrowIfNull(json);
        MessagePackReader whole = new(value, MessagePackReader.LargestMaxDepth);
        whole.Skip();
        whole.ExpectEnd();
        new JsonValueWriter(json).Write(value, depth: 0);
    }

    /// <summary>Reads one value; nothing is appended when it throws.</summary>
    /// <param name="json">The JSON, parsed with <see cref="ReaderOptions"/>.</param>
    /// <param name="buffer">Where the MessagePack value goes. <see cref="ValueReader"/> reads it.</param>
    /// <exception cref="FormatException">The JSON is no value. The message names the place and never the content.</exception>
    /// <exception cref="StoreException"><see cref="StoreError.RecordTooLarge"/>: it does not fit in the buffer's limit.</exception>
    public static void Read(JsonElement json, GrowableBuffer buffer)
    {
        ArgumentNullException.ThrowIfNull(buffer);
        int start = buffer.Length;
        try
        {
            new JsonValueReader(buffer).Read(json);
            // Whatever the hints put together: only what can be read again is a value.
            ValueReader.Read(buffer.WrittenSpan[start..]);
        }
        catch (MalformedDataException e)
        {
            buffer.Truncate(start);
            throw new FormatException("The hints do not make a value: an array has an element of another type, a map has the same key twice or null as a key, or values are nested too deep.", e);
        }
        catch
        {
            buffer.Truncate(start);
            throw;
        }
    }
}
