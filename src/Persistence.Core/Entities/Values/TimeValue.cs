using System.Buffers.Binary;
using Persistence.Diagnostics;
using Persistence.Serialization;
using Persistence.State;

namespace Persistence.Entities;

/// <summary>Moments, as they are in UTC.</summary>
internal readonly struct TimeValue : IFieldValue<DateTimeOffset>
{
    public static int ColumnBytes => sizeof(long);

    public static void Write(MessagePackWriter writer, DateTimeOffset value) => writer.WriteInteger(ToUnits(value));

    public static DateTimeOffset Read(ref MessagePackReader reader) =>
        TryFromUnits(reader.ReadInt64(), out DateTimeOffset time) ? time : throw new MalformedDataException("A time is before the year 1 or after 9999.", reader.Position);

    public static void WriteFixed(Span<byte> target, DateTimeOffset value) => BinaryPrimitives.WriteInt64LittleEndian(target, ToUnits(value));

    public static bool TryReadFixed(ReadOnlySpan<byte> source, out DateTimeOffset result) => TryFromUnits(BinaryPrimitives.ReadInt64LittleEndian(source), out result);

    /// <summary>A local time is taken as one of this machine.</summary>
    public static bool TryConvert(object value, out DateTimeOffset result)
    {
        result = value is DateTime time ? new DateTimeOffset(time.ToUniversalTime()) : default;
        return value is DateTime;
    }

    private static long ToUnits(DateTimeOffset value) => value.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks;

    private static bool TryFromUnits(long units, out DateTimeOffset time)
    {
        time = Timestamps.ToInstant(units);
        return ToUnits(time) == units;
    }
}
