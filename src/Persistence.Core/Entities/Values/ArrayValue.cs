using System.Collections;
using Persistence.Diagnostics;
using Persistence.Serialization;

namespace Persistence.Entities;

/// <summary>Arrays. They are not to be changed by who gave or got them.</summary>
internal readonly struct ArrayValue<T, TValue> : IFieldValue<T[]?>
    where TValue : struct, IFieldValue<T>
{
    private const int HeaderBytes = 5;
    private const int ElementBytesMax = 18;

    public static bool IsNullable => true;

    public static int ColumnBytes => 0;

    public static long SizeOf(T[]? value)
    {
        if (value is null || TValue.ColumnBytes > 0)
            return HeaderBytes + (ElementBytesMax * (value?.LongLength ?? 0));
        long size = HeaderBytes;
        foreach (T element in value)
            size += TValue.SizeOf(element);
        return size;
    }

    public static void Write(MessagePackWriter writer, T[]? value)
    {
        if (value is null)
        {
            writer.WriteNil();
            return;
        }

        writer.WriteArrayHeader(value.Length);
        foreach (T element in value)
            WriteElement(writer, element);
    }

    public static T[]? Read(ref MessagePackReader reader)
    {
        if (reader.TryReadNil())
            return null;
        int count = reader.ReadArrayHeader();
        // Each element takes a byte at least: a length that cannot be takes no memory.
        if (count > reader.Remaining)
            throw new MalformedDataException("An array has more elements than there are bytes.", reader.Position);
        T[] array = new T[count];
        for (int i = 0; i < count; i++)
            array[i] = TValue.Read(ref reader);
        return array;
    }

    public static bool TryConvert(object value, out T[]? result)
    {
        result = null;
        if (value is string || value is not IEnumerable elements)
            return false;
        List<T> list = [];
        foreach (object? element in elements)
        {
            // Not "is": to the runtime an array of bytes is one of signed ones too.
            if (element?.GetType() == typeof(T))
                list.Add((T)element);
            else if (element is null && TValue.IsNullable)
                list.Add(default!);
            else if (element is not null && TValue.TryConvert(element, out T made))
                list.Add(made);
            else
                return false;
        }

        result = [.. list];
        return true;
    }

    /// <summary>Floats are many where they are in arrays, and each array has to fit into an item of a checkpoint, also when it is widened.</summary>
    private static void WriteElement(MessagePackWriter writer, T element)
    {
        switch (element)
        {
            case float single:
                FloatValue<float>.WriteShort(writer, single);
                break;
            case double real:
                FloatValue<double>.WriteShort(writer, real);
                break;
            default:
                TValue.Write(writer, element);
                break;
        }
    }
}
