using System.Text.Json;

namespace Persistence.Serialization;

/// <summary>Reads one value from JSON and appends its bytes to a buffer.</summary>
internal sealed class JsonValueReader(GrowableBuffer buffer)
{
    private readonly ValuePath _path = new();

    private MessagePackWriter Writer => new(buffer);

    /// <exception cref="FormatException">It is no value.</exception>
    public void Read(JsonElement json)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Array:
                ReadArray(json);
                break;
            case JsonValueKind.Object:
                ReadObject(json);
                break;
            default:
                ScalarWriter.TryWrite(Writer, ReadScalar(json));
                break;
        }
    }

    private object? ReadScalar(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.True => Boxes.True,
        JsonValueKind.False => Boxes.False,
        JsonValueKind.Number => About(() => JsonScalar.ReadNumber(json)),
        _ => About(() => JsonScalar.ReadText(json)),
    };

    private void ReadArray(JsonElement json)
    {
        Enter();
        Writer.WriteArrayHeader(json.GetArrayLength());
        int index = 0;
        foreach (JsonElement item in json.EnumerateArray())
        {
            _path.AtIndex(index++);
            Read(item);
        }

        _path.Leave();
    }

    /// <summary>One without a hint is an object of the properties it has.</summary>
    private void ReadObject(JsonElement json)
    {
        List<JsonProperty> properties = [.. json.EnumerateObject()];
        if (properties.TrueForAll(property => !NameOf(property).StartsWith(JsonHint.Mark)))
            WriteBag(types: null, json);
        else
            ReadHint(properties);
    }

    private void ReadHint(List<JsonProperty> properties)
    {
        JsonProperty hint = properties[0];
        if (properties.Count == 1)
            ReadHint(hint.Name, hint.Value);
        else if (TryFindBoth(properties, JsonHint.Object, JsonHint.Types, out JsonElement content, out JsonElement types))
            WriteBag(types, content);
        else if (TryFindBoth(properties, JsonHint.Enum, JsonHint.Value, out JsonElement name, out JsonElement number))
            WriteEnum(name, number);
        else
            throw Bad("has a name that begins with '$', as hints do, beside others; to store it, put the object into {\"$Object\": ...}");
    }

    private void ReadHint(string hint, JsonElement json)
    {
        switch (hint)
        {
            case JsonHint.Hashtable:
                ReadEntries(json, WriteKey);
                break;
            case JsonHint.Ordered:
                int body = Writer.BeginExtension(ValueExtension.OrderedMap);
                ReadEntries(json, WriteKey);
                Writer.EndExtension(body);
                break;
            case JsonHint.Object:
                WriteBag(types: null, json);
                break;
            default:
                ReadScalarOrTypedArray(hint, json);
                break;
        }
    }

    private void ReadScalarOrTypedArray(string hint, JsonElement json)
    {
        if (About(() => JsonScalar.TryRead(hint, json)) is object scalar)
            ScalarWriter.TryWrite(Writer, scalar);
        else if (hint.EndsWith(JsonHint.ArraySuffix, StringComparison.Ordinal) && TypedArray.TryFind(hint[1..^JsonHint.ArraySuffix.Length]) is TypedArray typed)
            ReadTypedArray(typed, json);
        else
            throw Bad("has a hint that is not known; to store an object with a name that begins with '$', put it into {\"$Object\": ...}");
    }

    private void ReadTypedArray(TypedArray typed, JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Array)
            throw Bad($"is not what the hint ${typed.Name}[] says");
        Enter();
        int body = Writer.BeginExtension(ValueExtension.TypedArray);
        Writer.WriteArrayHeader(2);
        ScalarWriter.WriteString(Writer, typed.Name);
        Writer.WriteArrayHeader(json.GetArrayLength());
        string hint = $"{JsonHint.Mark}{typed.Name}";
        int index = 0;
        foreach (JsonElement element in json.EnumerateArray())
        {
            _path.AtIndex(index++);
            if (element.ValueKind is JsonValueKind.Null or JsonValueKind.Object)
                Read(element);
            else
                ScalarWriter.TryWrite(Writer, About(() => JsonScalar.TryRead(hint, element)));
        }

        Writer.EndExtension(body);
        _path.Leave();
    }

    private void WriteBag(JsonElement? types, JsonElement content)
    {
        int body = Writer.BeginExtension(ValueExtension.PropertyBag);
        Writer.WriteArrayHeader(2);
        if (types is JsonElement names)
            WriteTypes(names);
        else
            Writer.WriteNil();
        ReadEntries(content, WriteName);
        Writer.EndExtension(body);
    }

    private void WriteTypes(JsonElement types)
    {
        if (types.ValueKind != JsonValueKind.Array)
            throw Bad("has $Types that are not an array of names");
        Writer.WriteArrayHeader(types.GetArrayLength());
        foreach (JsonElement type in types.EnumerateArray())
            ScalarWriter.WriteString(Writer, About(() => JsonScalar.ReadText(type)));
    }

    private void WriteEnum(JsonElement name, JsonElement number)
    {
        int body = Writer.BeginExtension(ValueExtension.Enum);
        Writer.WriteArrayHeader(2);
        ScalarWriter.WriteString(Writer, About(() => JsonScalar.ReadText(name)));
        int start = buffer.Length;
        Read(number);
        if (MessagePackCode.TypeOf(buffer[start]) != MessagePackType.Integer)
            throw Bad("has a $Value that is not an integer");
        Writer.EndExtension(body);
    }

    private void ReadEntries(JsonElement json, Func<JsonElement, object> writeKey)
    {
        Enter();
        if (json.ValueKind == JsonValueKind.Object)
            ReadNamed(json);
        else if (json.ValueKind == JsonValueKind.Array)
            ReadPairs(json, writeKey);
        else
            throw Bad("is neither an object nor an array of pairs");
        _path.Leave();
    }

    private void ReadNamed(JsonElement json)
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        List<JsonProperty> properties = [.. json.EnumerateObject()];
        Writer.WriteMapHeader(properties.Count);
        foreach (JsonProperty property in properties)
        {
            string name = NameOf(property);
            _path.AtKey(name);
            if (!names.Add(name))
                throw Bad("is there twice");
            ScalarWriter.WriteString(Writer, name);
            Read(property.Value);
        }
    }

    private void ReadPairs(JsonElement json, Func<JsonElement, object> writeKey)
    {
        Writer.WriteMapHeader(json.GetArrayLength());
        int index = 0;
        foreach (JsonElement pair in json.EnumerateArray())
        {
            _path.AtKeyItself(index++);
            if (pair.ValueKind != JsonValueKind.Array || pair.GetArrayLength() != 2)
                throw Bad("is not a pair of a key and a value");
            _path.AtKey(writeKey(pair[0]));
            Read(pair[1]);
        }
    }

    /// <returns>What errors call it.</returns>
    private object WriteKey(JsonElement key)
    {
        Read(key);
        return key.ValueKind == JsonValueKind.String ? key.GetString()! : "?";
    }

    private object WriteName(JsonElement key)
    {
        string name = About(() => JsonScalar.ReadText(key));
        ScalarWriter.WriteString(Writer, name);
        return name;
    }

    private string NameOf(JsonProperty property)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException)
        {
            throw Bad("has a name that is not valid text");
        }
    }

    private static bool TryFindBoth(List<JsonProperty> properties, string first, string second, out JsonElement firstValue, out JsonElement secondValue)
    {
        firstValue = default;
        secondValue = default;
        if (properties.Count != 2)
            return false;
        foreach (JsonProperty property in properties)
        {
            if (property.NameEquals(first))
                firstValue = property.Value;
            else if (property.NameEquals(second))
                secondValue = property.Value;
        }

        return firstValue.ValueKind != JsonValueKind.Undefined && secondValue.ValueKind != JsonValueKind.Undefined;
    }

    private void Enter()
    {
        if (_path.Depth == ValueWriter.MaxDepth)
            throw Bad($"lies more than {ValueWriter.MaxDepth} levels deep");
        object level = new();
        _path.Enter(level, level);
    }

    /// <summary>A reason ends the sentence about where it is.</summary>
    private T About<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (FormatException reason)
        {
            throw Bad(reason.Message);
        }
    }

    private FormatException Bad(string reason) => new($"The value at {_path} {reason}.");
}
