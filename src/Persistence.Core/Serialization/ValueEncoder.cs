using System.Buffers.Binary;
using System.Collections;
using System.Collections.Specialized;
using System.Globalization;

namespace Persistence.Serialization;

/// <summary>Writes one value that is not a scalar: walks it, adapts what the host must adapt, refuses what is not data.</summary>
internal sealed class ValueEncoder(GrowableBuffer buffer, IValueAdapter? adapter)
{
    // An adapter unwraps; one that goes on unwrapping for ever must not hang the writer.
    private const int AdaptationsMax = 8;

    private readonly ValuePath _path = new();

    private MessagePackWriter Writer => new(buffer);

    public void Write(object? value)
    {
        if (!ScalarWriter.TryWrite(Writer, value))
            WriteAdapted(value!, Adapt(value!));
    }

    private object? Adapt(object value)
    {
        object current = value;
        for (int round = 0; round < AdaptationsMax; round++)
        {
            if (!TryAdapt(current, out object? adapted) || ReferenceEquals(adapted, current))
                return current;
            if (adapted is null)
                return null;
            current = adapted;
        }
        return current;
    }

    private bool TryAdapt(object value, out object? adapted)
    {
        adapted = null;
        try
        {
            return adapter is not null && adapter.TryAdapt(value, out adapted);
        }
        catch (ValueNotSupportedException error)
        {
            string path = string.Concat(_path.ToString(), error.ValuePath.AsSpan(ValueNotSupportedException.RootPath.Length));
            throw new ValueNotSupportedException(error.TypeName, error.Reason, path, error);
        }
    }

    private void WriteAdapted(object original, object? adapted)
    {
        if (ScalarWriter.TryWrite(Writer, adapted))
            return;
        switch (adapted)
        {
            case Enum value: WriteEnum(value.GetType().ToString(), NumberOf(value), value); break;
            case UnresolvedEnum value: WriteEnum(value.TypeName, value.Value, value); break;
            default: WriteContainer(original, adapted!); break;
        }
    }

    private static object NumberOf(Enum value) => Convert.ChangeType(value, value.GetTypeCode(), CultureInfo.InvariantCulture);

    private void WriteEnum(string typeName, object number, object value)
    {
        int body = Writer.BeginExtension(ValueExtension.Enum);
        Writer.WriteArrayHeader(2);
        ScalarWriter.WriteString(Writer, typeName);
        if (!ScalarWriter.TryWriteInteger(Writer, number))
            throw Refuse(value, "is an enumeration over something that is not an integer");
        Writer.EndExtension(body);
    }

    private void WriteContainer(object original, object container)
    {
        if (_path.Contains(original) || _path.Contains(container))
            throw Refuse(container, "contains itself (a cycle)");
        if (_path.Depth == ValueWriter.MaxDepth)
            throw Refuse(container, string.Create(CultureInfo.InvariantCulture, $"lies more than {ValueWriter.MaxDepth} levels deep"));
        _path.Enter(original, container);
        WriteContent(container);
        _path.Leave();
    }

    private void WriteContent(object container)
    {
        if (TypedArray.TryFind(container.GetType()) is { } typed)
            WriteTypedArray(typed, (Array)container);
        else if (container is PropertyBag bag)
            WritePropertyBag(bag);
        else if (container is OrderedDictionary ordered)
            WriteOrderedMap(ordered);
        else if (container is IDictionary map)
            WriteMap(map);
        else if (ValueKind.IsSequence(container))
            WriteSequence((IEnumerable)container);
        else
            throw Refuse(container, ValueKind.ReasonAgainst(container));
    }

    private void WriteSequence(IEnumerable sequence)
    {
        if (sequence is ICollection collection)
            WriteCountedSequence(collection);
        else
            WriteUncountedSequence(sequence);
    }

    private void WriteCountedSequence(ICollection sequence)
    {
        int count = sequence.Count;
        Writer.WriteArrayHeader(count);
        if (WriteItems(sequence) != count)
            throw Changed();
    }

    // The longest header, filled in at the end: the number is known only then.
    private void WriteUncountedSequence(IEnumerable sequence)
    {
        int header = buffer.Length;
        Writer.WriteArrayHeader(int.MaxValue);
        uint count = (uint)WriteItems(sequence);
        BinaryPrimitives.WriteUInt32BigEndian(buffer.GetSpanAt(header + 1, sizeof(uint)), count);
    }

    private int WriteItems(IEnumerable sequence)
    {
        int count = 0;
        foreach (object? item in sequence)
        {
            _path.AtIndex(count++);
            Write(item);
        }
        return count;
    }

    private void WriteTypedArray(TypedArray typed, Array array)
    {
        int body = Writer.BeginExtension(ValueExtension.TypedArray);
        Writer.WriteArrayHeader(2);
        ScalarWriter.WriteString(Writer, typed.Name);
        Writer.WriteArrayHeader(array.Length);
        int index = 0;
        foreach (object? item in array)
        {
            _path.AtIndex(index++);
            if (!ScalarWriter.TryWrite(Writer, item))
                throw Refuse(item!, ValueKind.ReasonAgainst(item!));
        }
        Writer.EndExtension(body);
    }

    private void WriteOrderedMap(OrderedDictionary map)
    {
        int body = Writer.BeginExtension(ValueExtension.OrderedMap);
        WriteMap(map);
        Writer.EndExtension(body);
    }

    private void WriteMap(IDictionary map)
    {
        int count = map.Count;
        Writer.WriteMapHeader(count);
        HashSet<object>? seen = count > 1 ? new(count) : null;
        int written = 0;
        foreach (DictionaryEntry entry in map)
        {
            _path.AtKeyItself(written++);
            _path.AtKey(WriteKey(entry.Key, seen));
            Write(entry.Value);
        }
        if (written != count)
            throw Changed();
    }

    // A map may tell keys apart that are the same data (wrapped and bare, by reference): it could not be read back.
    private object WriteKey(object key, HashSet<object>? seen)
    {
        object adapted = Adapt(key) ?? throw Refuse(key, "is a key that stands for null");
        WriteAdapted(key, adapted);
        object identity = adapted is Enum value ? new UnresolvedEnum(value.GetType().ToString(), NumberOf(value)) : adapted;
        if (seen is not null && !seen.Add(identity))
            throw Refuse(key, "is a key that is the same data as another");
        return adapted;
    }

    private void WritePropertyBag(PropertyBag bag)
    {
        int body = Writer.BeginExtension(ValueExtension.PropertyBag);
        Writer.WriteArrayHeader(2);
        WriteTypeNames(bag.TypeNames);
        Writer.WriteMapHeader(bag.Properties.Count);
        foreach ((string name, object? value) in bag.Properties)
        {
            ScalarWriter.WriteString(Writer, name);
            _path.AtKey(name);
            Write(value);
        }
        Writer.EndExtension(body);
    }

    private void WriteTypeNames(IReadOnlyList<string>? typeNames)
    {
        if (typeNames is null)
        {
            Writer.WriteNil();
            return;
        }
        Writer.WriteArrayHeader(typeNames.Count);
        foreach (string typeName in typeNames)
            ScalarWriter.WriteString(Writer, typeName);
    }

    private ValueNotSupportedException Refuse(object value, string reason) => new(value.GetType().ToString(), reason, _path.ToString());

    private static InvalidOperationException Changed() => new("A collection was changed while it was being written.");
}
