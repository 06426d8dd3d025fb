using System.Buffers.Binary;
using System.Globalization;
using Persistence.Diagnostics;
using Persistence.Serialization;
using Persistence.State;

namespace Persistence.Entities;

/// <summary>Moments, as they are in UTC.</summary>
internal readonly struct TimeValue : IFieldValue<DateTimeOffset>
{
    private static readonly string[] s_formats = ["yyyy-MM-dd", "yyyy-MM-ddTHH:mmK", "yyyy-MM-ddTHH:mm:ssK", "yyyy-MM-ddTHH:mm:ss.FFFFFFFK"];

    public static int ColumnBytes => sizeof(long);

    public static void Write(MessagePackWriter writer, DateTimeOffset value) => writer.WriteInteger(ToUnits(value));

    public static DateTimeOffset Read(ref MessagePackReader reader) =>
        TryFromUnits(reader.ReadInt64(), out DateTimeOffset time) ? time : throw new MalformedDataException("A time is before the year 1 or after 9999.", reader.Position);

    public static void WriteFixed(Span<byte> target, DateTimeOffset value) => BinaryPrimitives.WriteInt64LittleEndian(target, ToUnits(value));

    public static bool TryReadFixed(ReadOnlySpan<byte> source, out DateTimeOffset result) => TryFromUnits(BinaryPrimitives.ReadInt64LittleEndian(source), out result);

    /// <summary>A time that says nothing of its zone is taken as one of this machine, a text as one of UTC.</summary>
    public static bool TryConvert(object value, out DateTimeOffset result)
    {
        if (value is string text)
            return DateTimeOffset.TryParseExact(text, s_formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out result);
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
