using System.Text.Json;
using Persistence.Diagnostics;

namespace Persistence.Serialization;

/// <summary>Writes one value's bytes as JSON. Works on the stored bytes, so no type of the host is needed.</summary>
internal readonly struct JsonValueWriter(Utf8JsonWriter json)
{
    /// <summary>Writes the value that is all of <paramref name="value"/>.</summary>
    public void Write(ReadOnlySpan<byte> value, int depth)
    {
        MessagePackReader reader = new(value, MessagePackReader.LargestMaxDepth);
        switch (reader.NextType)
        {
            case MessagePackType.Nil:
                json.WriteNullValue();
                break;
            case MessagePackType.Array:
                WriteArray(ref reader, depth);
                break;
            case MessagePackType.Map:
                json.WriteStartObject();
                json.WritePropertyName(JsonHint.Hashtable);
                WriteEntries(value, depth, isSorted: true);
                json.WriteEndObject();
                break;
            case MessagePackType.Extension:
                WriteExtension(ref reader, depth);
                break;
            default:
                WriteScalar(ReadScalar(ref reader));
                break;
        }
    }

    private static object ReadScalar(ref MessagePackReader reader) => reader.NextType switch
    {
        MessagePackType.Boolean => reader.ReadBoolean(),
        MessagePackType.Integer => ScalarReader.ReadInteger(ref reader),
        MessagePackType.Float => ScalarReader.ReadFloat(ref reader),
        MessagePackType.String => reader.ReadString(),
        MessagePackType.Binary => reader.ReadBinary().ToArray(),
        _ => throw new MalformedDataException($"Malformed data at byte {reader.Position}: a scalar was expected and something else found.", reader.Position),
    };

    private void WriteScalar(object value)
    {
        string? hint = JsonScalar.HintOf(value);
        if (hint is null)
        {
            JsonScalar.Write(json, value);
            return;
        }

        json.WriteStartObject();
        json.WritePropertyName(hint);
        JsonScalar.Write(json, value);
        json.WriteEndObject();
    }

    private void WriteArray(ref MessagePackReader reader, int depth)
    {
        RequireDepth(depth);
        int count = reader.ReadArrayHeader();
        json.WriteStartArray();
        for (int i = 0; i < count; i++)
            Write(reader.ReadRaw(), depth + 1);
        json.WriteEndArray();
    }

    private void WriteExtension(ref MessagePackReader reader, int depth)
    {
        int start = reader.Position;
        ReadOnlySpan<byte> body = reader.ReadExtension(out sbyte type);
        if (ScalarReader.TryReadExtension(type, body, start, out object? scalar))
        {
            WriteScalar(scalar!);
            return;
        }

        MessagePackReader nested = new(body, MessagePackReader.LargestMaxDepth);
        switch (type)
        {
            case ValueExtension.OrderedMap:
                json.WriteStartObject();
                json.WritePropertyName(JsonHint.Ordered);
                WriteEntries(body, depth, isSorted: false);
                json.WriteEndObject();
                break;
            case ValueExtension.PropertyBag:
                WritePropertyBag(ref nested, depth);
                break;
            case ValueExtension.TypedArray:
                WriteTypedArray(ref nested, depth);
                break;
            case ValueExtension.Enum:
                WriteEnum(ref nested);
                break;
            case ValueExtension.Uri:
                WriteUri(ref nested);
                break;
            default:
                throw ValueDecoder.Unsupported($"a value of kind {type}");
        }
    }

    private void WriteEnum(ref MessagePackReader body)
    {
        ValueDecoder.ExpectParts(ref body, 2);
        json.WriteStartObject();
        json.WritePropertyName(JsonHint.Enum);
        JsonScalar.WriteText(json, ScalarReader.ReadText(ref body));
        json.WritePropertyName(JsonHint.Value);
        WriteScalar(ScalarReader.ReadInteger(ref body));
        json.WriteEndObject();
    }

    private void WriteUri(ref MessagePackReader body)
    {
        ValueDecoder.ExpectParts(ref body, 2);
        bool isAbsolute = body.ReadBoolean();
        Uri uri = ScalarReader.TryCreateUri(ScalarReader.ReadText(ref body), isAbsolute) ?? throw new MalformedDataException("Malformed data: a URI is none.", 0);
        WriteScalar(uri);
    }

    /// <summary>Elements stand there bare: the hint of the array says what they are. One that needs another hint has it.</summary>
    private void WriteTypedArray(ref MessagePackReader body, int depth)
    {
        RequireDepth(depth);
        ValueDecoder.ExpectParts(ref body, 2);
        string name = ScalarReader.ReadText(ref body);
        int count = body.ReadArrayHeader();
        json.WriteStartObject();
        json.WriteStartArray($"{JsonHint.Mark}{name}{JsonHint.ArraySuffix}");
        for (int i = 0; i < count; i++)
            WriteElement(body.ReadRaw(), $"{JsonHint.Mark}{name}", depth);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private void WriteElement(ReadOnlySpan<byte> element, string arrayHint, int depth)
    {
        if (ValueReader.Read(element) is object scalar && JsonScalar.HintOf(scalar) == arrayHint)
            JsonScalar.Write(json, scalar);
        else
            Write(element, depth + 1);
    }

    private void WritePropertyBag(ref MessagePackReader body, int depth)
    {
        RequireDepth(depth);
        ValueDecoder.ExpectParts(ref body, 2);
        ReadOnlySpan<byte> types = body.ReadRaw();
        ReadOnlySpan<byte> properties = body.ReadRaw();
        bool hasTypes = types[0] != MessagePackCode.Nil;
        if (!hasTypes && IsPlain(properties))
        {
            WriteEntries(properties, depth, isSorted: false);
            return;
        }

        json.WriteStartObject();
        json.WritePropertyName(JsonHint.Object);
        WriteEntries(properties, depth, isSorted: false);
        if (hasTypes)
            WriteTypes(types);
        json.WriteEndObject();
    }

    private void WriteTypes(ReadOnlySpan<byte> types)
    {
        MessagePackReader reader = new(types);
        int count = reader.ReadArrayHeader();
        json.WriteStartArray(JsonHint.Types);
        for (int i = 0; i < count; i++)
            JsonScalar.WriteText(json, ScalarReader.ReadText(ref reader));
        json.WriteEndArray();
    }

    /// <summary>Whether an object can stand there without a hint: no name of it looks like one, and it can be written as an object at all.</summary>
    private static bool IsPlain(ReadOnlySpan<byte> map)
    {
        List<JsonEntry> entries = JsonEntry.ReadAll(map);
        if (!JsonEntry.HaveNames(entries, map))
            return false;
        foreach (JsonEntry entry in entries)
        {
            if (entry.NameUtf8(map) is [(byte)JsonHint.Mark, ..])
                return false;
        }

        return true;
    }

    /// <summary>An object where all keys are different strings, else pairs of key and value.</summary>
    private void WriteEntries(ReadOnlySpan<byte> map, int depth, bool isSorted)
    {
        RequireDepth(depth);
        List<JsonEntry> entries = JsonEntry.ReadAll(map);
        if (isSorted)
            JsonEntry.Sort(entries, map);
        if (JsonEntry.HaveNames(entries, map))
            WriteObject(map, entries, depth);
        else
            WritePairs(map, entries, depth);
    }

    private void WriteObject(ReadOnlySpan<byte> map, List<JsonEntry> entries, int depth)
    {
        json.WriteStartObject();
        foreach (JsonEntry entry in entries)
        {
            MessagePackReader name = new(entry.Key(map));
            json.WritePropertyName(name.ReadString());
            Write(entry.Value(map), depth + 1);
        }

        json.WriteEndObject();
    }

    private void WritePairs(ReadOnlySpan<byte> map, List<JsonEntry> entries, int depth)
    {
        json.WriteStartArray();
        foreach (JsonEntry entry in entries)
        {
            json.WriteStartArray();
            Write(entry.Key(map), depth + 1);
            Write(entry.Value(map), depth + 1);
            json.WriteEndArray();
        }

        json.WriteEndArray();
    }

    private static void RequireDepth(int depth)
    {
        if (depth >= ValueWriter.MaxDepth)
            throw new MalformedDataException($"Malformed data: values are nested more than {ValueWriter.MaxDepth} levels deep.", 0);
    }
}
