using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using Persistence.Diagnostics;
using Persistence.Serialization;

namespace Persistence.Entities;

/// <summary>Floats.</summary>
internal readonly struct FloatValue<T> : IFieldValue<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public static int ColumnBytes => Unsafe.SizeOf<T>();

    public static void Write(MessagePackWriter writer, T value)
    {
        if (typeof(T) == typeof(float))
            writer.WriteSingle(float.CreateTruncating(value));
        else
            writer.WriteDouble(double.CreateTruncating(value));
    }

    /// <summary>Writes a value in as few bytes as the narrower type takes that it may have come from: an array that is widened becomes no longer.</summary>
    public static void WriteShort(MessagePackWriter writer, T value)
    {
        if (value >= T.CreateTruncating(int.MinValue) && value < T.CreateTruncating(1L << 32) && T.IsInteger(value) && !(T.IsZero(value) && T.IsNegative(value)))
            writer.WriteInteger(long.CreateTruncating(value));
        else if (typeof(T) == typeof(float) || BitConverter.DoubleToUInt64Bits(float.CreateTruncating(value)) == BitConverter.DoubleToUInt64Bits(double.CreateTruncating(value)))
            writer.WriteSingle(float.CreateTruncating(value));
        else
            writer.WriteDouble(double.CreateTruncating(value));
    }

    public static T Read(ref MessagePackReader reader)
    {
        // The field was one of integers when this was written, or it is in an array.
        if (reader.NextType == MessagePackType.Integer)
            return ReadExact(ref reader);
        return typeof(T) == typeof(float) ? T.CreateTruncating(reader.ReadSingle()) : T.CreateTruncating(reader.ReadDouble());
    }

    public static void WriteFixed(Span<byte> target, T value)
    {
        if (typeof(T) == typeof(float))
            BinaryPrimitives.WriteSingleLittleEndian(target, float.CreateTruncating(value));
        else
            BinaryPrimitives.WriteDoubleLittleEndian(target, double.CreateTruncating(value));
    }

    public static bool TryReadFixed(ReadOnlySpan<byte> source, out T result)
    {
        result = typeof(T) == typeof(float) ? T.CreateTruncating(BinaryPrimitives.ReadSingleLittleEndian(source)) : T.CreateTruncating(BinaryPrimitives.ReadDoubleLittleEndian(source));
        return true;
    }

    public static bool TryConvert(object value, out T result) => NumberConversion.TryToFloat(value, out result);

    private static T ReadExact(ref MessagePackReader reader)
    {
        long integer = reader.ReadInt64();
        return NumberConversion.IsExact(integer, out T value) ? value : throw new MalformedDataException($"An integer is no value of a float of {ColumnBytes * 8} bits.", reader.Position);
    }
}
