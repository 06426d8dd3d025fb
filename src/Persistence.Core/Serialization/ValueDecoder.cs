using System.Collections;
using System.Collections.Specialized;
using Persistence.Diagnostics;

namespace Persistence.Serialization;

/// <summary>Reads one value with all that is in it.</summary>
internal readonly struct ValueDecoder(ValueReaderOptions options)
{
    // A map's table costs far more than the two bytes of its smallest entry: beyond this it grows as entries arrive.
    private const int CapacityHintMax = 1024;

    /// <summary>Reads the next value.</summary>
    public object? Read(ref MessagePackReader reader, Surroundings surroundings)
    {
        switch (reader.NextType)
        {
            case MessagePackType.Nil:
                reader.ReadNil();
                return null;
            case MessagePackType.Boolean:
                return reader.ReadBoolean() ? Boxes.True : Boxes.False;
            case MessagePackType.Integer:
                return ScalarReader.ReadInteger(ref reader);
            case MessagePackType.Float:
                return ScalarReader.ReadFloat(ref reader);
            case MessagePackType.String:
                return reader.ReadString();
            case MessagePackType.Binary:
                return Copy(reader.ReadBinary());
            case MessagePackType.Array:
                return ReadArray(ref reader, surroundings);
            case MessagePackType.Map:
                return ReadMap(ref reader, surroundings, options.CreateMap, capacity => new Hashtable(capacity));
            case MessagePackType.Extension:
                return ReadExtension(ref reader, surroundings);
            default:
                throw Malformed("a value begins with the byte that none begins with", reader.Position);
        }
    }

    // Always an array of its own: the shared empty one would make two keys that are empty arrays the same key.
    private static byte[] Copy(ReadOnlySpan<byte> bytes)
    {
        byte[] copy = new byte[bytes.Length];
        bytes.CopyTo(copy);
        return copy;
    }

    private object?[] ReadArray(ref MessagePackReader reader, Surroundings surroundings)
    {
        int start = reader.Position;
        int count = surroundings.Admit(reader.ReadArrayHeader(), valuesPerItem: 1, reader.Remaining, start);
        object?[] items = new object?[count];
        for (int i = 0; i < count; i++)
            items[i] = Read(ref reader, surroundings.Inside(count - 1 - i));
        return items;
    }

    private IDictionary ReadMap(ref MessagePackReader reader, Surroundings surroundings, Func<int, IDictionary> create, Func<int, IDictionary> createExact)
    {
        int start = reader.Position;
        int count = surroundings.Admit(reader.ReadMapHeader(), valuesPerItem: 2, reader.Remaining, start);
        int capacity = Math.Min(count, CapacityHintMax);
        IDictionary map = create(capacity);
        bool isExact = false;
        for (int i = 0; i < count; i++)
        {
            long valuesAfter = 2L * (count - 1 - i);
            object key = Read(ref reader, surroundings.Inside(valuesAfter + 1)) ?? throw Malformed("a key is nil", start);
            object? value = Read(ref reader, surroundings.Inside(valuesAfter));
            if (map.Contains(key) && !isExact)
                (map, isExact) = (Copy(map, createExact(capacity)), true);
            if (map.Contains(key))
                throw Malformed("a map has the same key twice", start);
            map.Add(key, value);
        }
        return map;
    }

    private static IDictionary Copy(IDictionary from, IDictionary to)
    {
        foreach (DictionaryEntry entry in from)
            to.Add(entry.Key, entry.Value);
        return to;
    }

    private object? ReadExtension(ref MessagePackReader reader, Surroundings surroundings)
    {
        int start = reader.Position;
        ReadOnlySpan<byte> body = reader.ReadExtension(out sbyte type);
        if (ScalarReader.TryReadExtension(type, body, start, out object? scalar))
            return scalar;
        MessagePackReader nested = new(body);
        object? value = ReadNested(type, ref nested, surroundings.InBody());
        nested.ExpectEnd();
        return value;
    }

    private object? ReadNested(sbyte type, ref MessagePackReader body, Surroundings surroundings) => type switch
    {
        ValueExtension.OrderedMap => ReadMap(ref body, surroundings, options.CreateOrderedMap, capacity => new OrderedDictionary(capacity)),
        ValueExtension.PropertyBag => ReadPropertyBag(ref body, surroundings),
        ValueExtension.TypedArray => ReadTypedArray(ref body, surroundings),
        ValueExtension.Enum => ReadEnum(ref body),
        ValueExtension.Uri => ReadUri(ref body),
        _ => throw Unsupported($"a value of kind {type}"),
    };

    private object? ReadPropertyBag(ref MessagePackReader body, Surroundings surroundings)
    {
        ExpectParts(ref body, 2);
        string[]? typeNames = ReadTypeNames(ref body, surroundings);
        int start = body.Position;
        int count = surroundings.Admit(body.ReadMapHeader(), valuesPerItem: 2, body.Remaining, start);
        PropertyBag bag = new(typeNames, Math.Min(count, CapacityHintMax));
        for (int i = 0; i < count; i++)
            bag.Add(ScalarReader.ReadText(ref body), Read(ref body, surroundings.Inside(2L * (count - 1 - i))));
        return options.CreateObject(bag);
    }

    private static string[]? ReadTypeNames(ref MessagePackReader body, Surroundings surroundings)
    {
        if (body.TryReadNil())
            return null;
        int start = body.Position;
        string[] names = new string[surroundings.Admit(body.ReadArrayHeader(), valuesPerItem: 1, body.Remaining, start)];
        for (int i = 0; i < names.Length; i++)
            names[i] = ScalarReader.ReadText(ref body);
        return names;
    }

    private Array ReadTypedArray(ref MessagePackReader body, Surroundings surroundings)
    {
        ExpectParts(ref body, 2);
        TypedArray typed = TypedArray.TryFind(ScalarReader.ReadText(ref body)) ?? throw Unsupported("an array of an element type");
        int start = body.Position;
        TypedArray.IElements elements = typed.Create(surroundings.Admit(body.ReadArrayHeader(), valuesPerItem: 1, body.Remaining, start));
        for (int i = 0; i < elements.Array.Length; i++)
        {
            if (!elements.TrySet(i, Read(ref body, surroundings.Inside(elements.Array.Length - 1 - i))))
                throw Malformed("an element has another type than its array", start);
        }
        return elements.Array;
    }

    private object ReadEnum(ref MessagePackReader body)
    {
        ExpectParts(ref body, 2);
        string typeName = ScalarReader.ReadText(ref body);
        if (body.NextType != MessagePackType.Integer)
            throw Malformed("the value of an enumeration is not an integer", body.Position);
        return options.Enums.Resolve(typeName, ScalarReader.ReadInteger(ref body));
    }

    private static Uri ReadUri(ref MessagePackReader body)
    {
        ExpectParts(ref body, 2);
        bool isAbsolute = body.ReadBoolean();
        return ScalarReader.TryCreateUri(ScalarReader.ReadText(ref body), isAbsolute) ?? throw Malformed("a URI is none", 0);
    }

    // More parts than known are a newer version's; fewer are damage.
    internal static void ExpectParts(ref MessagePackReader body, int count)
    {
        int parts = body.ReadArrayHeader();
        if (parts > count)
            throw Unsupported("a value with more parts");
        if (parts < count)
            throw Malformed("a value lacks a part", 0);
    }

    private static MalformedDataException Malformed(string what, int offset) => new($"Malformed data at byte {offset}: {what}.", offset);

    internal static StoreException Unsupported(string what) =>
        new(StoreError.UnsupportedFormatVersion, $"The data holds {what} that this version does not know; a newer one wrote it.");

    /// <summary>What a value is inside of: how deep, and how many values are still to come after it in the same bytes.</summary>
    /// <remarks>
    /// Each of those needs at least a byte, so the bytes left minus their number bound every count inside the value. All
    /// arrays together then have no more elements than there are bytes, however they are nested.
    /// </remarks>
    internal readonly record struct Surroundings(int Depth, long ValuesAfter)
    {
        public int Admit(int count, int valuesPerItem, int remaining, int start)
        {
            if (Depth >= ValueWriter.MaxDepth)
                throw Malformed($"values are nested more than {ValueWriter.MaxDepth} levels deep", start);
            return (long)count * valuesPerItem <= remaining - ValuesAfter ? count : throw Malformed("a collection has more values than there are bytes", start);
        }

        public Surroundings Inside(long valuesAfter) => new(Depth + 1, ValuesAfter + valuesAfter);

        /// <summary>The body of an extension is a span of its own: nothing comes after the value in it.</summary>
        public Surroundings InBody() => new(Depth, 0);
    }
}
