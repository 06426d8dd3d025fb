using System.Buffers.Binary;
using System.Globalization;
using Persistence.Serialization;

namespace Persistence.Entities;

/// <summary>Lengths of time.</summary>
internal readonly struct DurationValue : IFieldValue<TimeSpan>
{
    public static int ColumnBytes => sizeof(long);

    public static void Write(MessagePackWriter writer, TimeSpan value) => writer.WriteInteger(value.Ticks);

    public static TimeSpan Read(ref MessagePackReader reader) => new(reader.ReadInt64());

    public static void WriteFixed(Span<byte> target, TimeSpan value) => BinaryPrimitives.WriteInt64LittleEndian(target, value.Ticks);

    public static bool TryReadFixed(ReadOnlySpan<byte> source, out TimeSpan result)
    {
        result = new TimeSpan(BinaryPrimitives.ReadInt64LittleEndian(source));
        return true;
    }

    public static bool TryConvert(object value, out TimeSpan result)
    {
        result = default;
        return value is string text && TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out result);
    }
}
