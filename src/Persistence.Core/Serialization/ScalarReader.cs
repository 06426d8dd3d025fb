using System.Buffers.Binary;
using System.Numerics;
using Persistence.Diagnostics;

namespace Persistence.Serialization;

/// <summary>Reads the values that hold no others. FORMAT.md has the bytes.</summary>
internal static class ScalarReader
{
    /// <summary>Where the kind of a <see cref="DateTime"/> begins in its 64 bits, above the ticks.</summary>
    public const int DateTimeKindShift = 62;

    // The base library's own limit is near 256 MiB; past this it would throw what a reader must not.
    private const int BigIntegerBytesMax = 128 * 1024 * 1024;
    private const int OffsetMinutesMax = 14 * 60;
    private const int DecimalScaleMax = 28;

    /// <summary>Reads an integer as the type its format stands for.</summary>
    public static object ReadInteger(ref MessagePackReader reader) => reader.NextCode switch
    {
        MessagePackCode.UInt8 => reader.ReadByte(),
        MessagePackCode.UInt16 => reader.ReadUInt16(),
        MessagePackCode.UInt32 => reader.ReadUInt32(),
        MessagePackCode.UInt64 => reader.ReadUInt64(),
        MessagePackCode.Int8 => reader.ReadSByte(),
        MessagePackCode.Int16 => reader.ReadInt16(),
        MessagePackCode.Int32 => reader.ReadInt32(),
        MessagePackCode.Int64 => reader.ReadInt64(),
        _ => Boxes.FixInt(reader.ReadInt32()),
    };

    /// <summary>Reads a float as the type its format stands for.</summary>
    public static object ReadFloat(ref MessagePackReader reader) =>
        reader.NextCode == MessagePackCode.Float32 ? reader.ReadSingle() : (object)reader.ReadDouble();

    /// <summary>Reads a string in either of its two forms.</summary>
    public static string ReadText(ref MessagePackReader reader)
    {
        if (reader.NextType != MessagePackType.Extension)
            return reader.ReadString();
        int start = reader.Position;
        ReadOnlySpan<byte> body = reader.ReadExtension(out sbyte type);
        return type == ValueExtension.Utf16String ? ReadUtf16String(body, start) : throw Malformed("a string was expected and another extension found", start);
    }

    /// <summary>Reads the body of an extension that is a scalar; false when it is none of those.</summary>
    /// <param name="type">The extension's type.</param>
    /// <param name="body">Its body.</param>
    /// <param name="start">Where it starts, for errors.</param>
    /// <param name="value">The value.</param>
    public static bool TryReadExtension(sbyte type, ReadOnlySpan<byte> body, int start, out object? value)
    {
        value = type switch
        {
            ValueExtension.Utf16String => ReadUtf16String(body, start),
            ValueExtension.Char => (char)BinaryPrimitives.ReadUInt16BigEndian(Exactly(sizeof(char), body, start)),
            ValueExtension.Decimal => ReadDecimal(Exactly(4 * sizeof(int), body, start), start),
            ValueExtension.BigInteger => ReadBigInteger(body, start),
            ValueExtension.DateTime => ReadDateTime(BinaryPrimitives.ReadUInt64BigEndian(Exactly(sizeof(ulong), body, start)), start),
            ValueExtension.DateTimeOffset => ReadDateTimeOffset(Exactly(sizeof(long) + sizeof(short), body, start), start),
            ValueExtension.TimeSpan => new TimeSpan(BinaryPrimitives.ReadInt64BigEndian(Exactly(sizeof(long), body, start))),
            ValueExtension.Guid => new Guid(Exactly(16, body, start), bigEndian: true),
            ValueExtension.DateOnly => ReadDateOnly(BinaryPrimitives.ReadInt32BigEndian(Exactly(sizeof(int), body, start)), start),
            ValueExtension.TimeOnly => ReadTimeOnly(BinaryPrimitives.ReadInt64BigEndian(Exactly(sizeof(long), body, start)), start),
            ValueExtension.Version => ReadVersion(Exactly(4 * sizeof(int), body, start), start),
            _ => null,
        };
        return value is not null;
    }

    /// <summary>The Uri of a text, or null when it is none of that kind.</summary>
    public static Uri? TryCreateUri(string text, bool isAbsolute)
    {
        if (!isAbsolute)
            return TryCreateUri(text, UriKind.Relative);
        // A rooted path is an absolute Uri on Unix alone; what was written there is read everywhere.
        return TryCreateUri(text, UriKind.Absolute) ?? (text.StartsWith('/') ? TryCreateUri("file://" + text, UriKind.Absolute) : null);
    }

    private static Uri? TryCreateUri(string text, UriKind kind)
    {
        try
        {
            return Uri.TryCreate(text, kind, out Uri? uri) ? uri : null;
        }
        catch (IndexOutOfRangeException)
        {
            // The runtime throws it for "file://" and a mark of the direction of text.
            return null;
        }
    }

    private static ReadOnlySpan<byte> Exactly(int byteCount, ReadOnlySpan<byte> body, int start) =>
        body.Length == byteCount ? body : throw Malformed("a value has another number of bytes than its type", start);

    private static string ReadUtf16String(ReadOnlySpan<byte> body, int start)
    {
        if (body.Length % sizeof(char) != 0)
            throw Malformed("a string of 16-bit units has an odd number of bytes", start);
        char[] text = new char[body.Length / sizeof(char)];
        for (int i = 0; i < text.Length; i++)
            text[i] = (char)BinaryPrimitives.ReadUInt16BigEndian(body[(i * sizeof(char))..]);
        return new string(text);
    }

    private static decimal ReadDecimal(ReadOnlySpan<byte> body, int start)
    {
        int flags = BinaryPrimitives.ReadInt32BigEndian(body);
        int scale = (flags >> 16) & 0x7FFF;
        if ((flags & 0xFFFF) != 0 || scale > DecimalScaleMax)
            throw Malformed("a decimal has an impossible scale", start);
        return new decimal(
            lo: BinaryPrimitives.ReadInt32BigEndian(body[12..]),
            mid: BinaryPrimitives.ReadInt32BigEndian(body[8..]),
            hi: BinaryPrimitives.ReadInt32BigEndian(body[4..]),
            isNegative: flags < 0,
            scale: (byte)scale);
    }

    private static BigInteger ReadBigInteger(ReadOnlySpan<byte> body, int start) =>
        body.Length is > 0 and <= BigIntegerBytesMax ? new BigInteger(body, isBigEndian: true) : throw Malformed("an integer of any size has no bytes or too many", start);

    private static DateTime ReadDateTime(ulong bits, int start)
    {
        ulong ticks = bits & ((1UL << DateTimeKindShift) - 1);
        DateTimeKind kind = (DateTimeKind)(bits >> DateTimeKindShift);
        return ticks <= (ulong)DateTime.MaxValue.Ticks && kind <= DateTimeKind.Local ? new DateTime((long)ticks, kind) : throw Malformed("a date and time is out of range", start);
    }

    private static DateTimeOffset ReadDateTimeOffset(ReadOnlySpan<byte> body, int start)
    {
        long ticks = BinaryPrimitives.ReadInt64BigEndian(body);
        int offsetMinutes = BinaryPrimitives.ReadInt16BigEndian(body[sizeof(long)..]);
        if (ticks < 0 || ticks > DateTime.MaxValue.Ticks || Math.Abs(offsetMinutes) > OffsetMinutesMax)
            throw Malformed("a date, time and offset is out of range", start);
        long utcTicks = ticks - (offsetMinutes * TimeSpan.TicksPerMinute);
        if (utcTicks < 0 || utcTicks > DateTime.MaxValue.Ticks)
            throw Malformed("a date, time and offset is out of range", start);
        return new DateTimeOffset(ticks, TimeSpan.FromTicks(offsetMinutes * TimeSpan.TicksPerMinute));
    }

    private static DateOnly ReadDateOnly(int dayNumber, int start) =>
        dayNumber >= 0 && dayNumber <= DateOnly.MaxValue.DayNumber ? DateOnly.FromDayNumber(dayNumber) : throw Malformed("a date is out of range", start);

    private static TimeOnly ReadTimeOnly(long ticks, int start) =>
        ticks >= 0 && ticks <= TimeOnly.MaxValue.Ticks ? new TimeOnly(ticks) : throw Malformed("a time of day is out of range", start);

    private static Version ReadVersion(ReadOnlySpan<byte> body, int start)
    {
        int major = BinaryPrimitives.ReadInt32BigEndian(body);
        int minor = BinaryPrimitives.ReadInt32BigEndian(body[4..]);
        int build = BinaryPrimitives.ReadInt32BigEndian(body[8..]);
        int revision = BinaryPrimitives.ReadInt32BigEndian(body[12..]);
        return (major, minor, build, revision) switch
        {
            ( >= 0, >= 0, -1, -1) => new Version(major, minor),
            ( >= 0, >= 0, >= 0, -1) => new Version(major, minor, build),
            ( >= 0, >= 0, >= 0, >= 0) => new Version(major, minor, build, revision),
            _ => throw Malformed("a version has a negative part", start),
        };
    }

    private static MalformedDataException Malformed(string what, int start) => new($"Malformed data at byte {start}: {what}.", start);
}
