using System.Numerics;
using System.Runtime.CompilerServices;
using Persistence.Diagnostics;
using Persistence.Serialization;

namespace Persistence.Entities;

/// <summary>Integers.</summary>
internal readonly struct IntegerValue<T> : IFieldValue<T>
    where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
{
    private static readonly bool s_isSigned = T.MinValue < T.Zero;

    public static int ColumnBytes => Unsafe.SizeOf<T>();

    public static void Write(MessagePackWriter writer, T value)
    {
        if (s_isSigned)
            writer.WriteInteger(long.CreateTruncating(value));
        else
            writer.WriteInteger(ulong.CreateTruncating(value));
    }

    public static T Read(ref MessagePackReader reader)
    {
        try
        {
            return s_isSigned ? T.CreateChecked(reader.ReadInt64()) : T.CreateChecked(reader.ReadUInt64());
        }
        catch (OverflowException)
        {
            throw new MalformedDataException($"An integer is not between {T.MinValue} and {T.MaxValue}.", reader.Position);
        }
    }

    public static void WriteFixed(Span<byte> target, T value) => value.WriteLittleEndian(target);

    public static bool TryReadFixed(ReadOnlySpan<byte> source, out T result) => T.TryReadLittleEndian(source, isUnsigned: !s_isSigned, out result);

    public static bool TryConvert(object value, out T result) => NumberConversion.TryToInteger(value, out result);
}
