using System.Buffers.Binary;
using System.Numerics;

namespace Persistence.Serialization;

/// <summary>Writes the values that hold no others. FORMAT.md has the bytes.</summary>
internal static class ScalarWriter
{
    /// <summary>Writes the value, or nothing and returns false when it is not a scalar of the format.</summary>
    public static bool TryWrite(MessagePackWriter writer, object? value)
    {
        switch (value)
        {
            case null: writer.WriteNil(); break;
            case string text: WriteString(writer, text); break;
            case int number: WriteInt32(writer, number); break;
            case bool flag: writer.WriteBoolean(flag); break;
            case long number: writer.WriteInt64(number); break;
            case double number: writer.WriteDouble(number); break;
            case byte number: writer.WriteUInt8(number); break;
            case byte[] bytes: return TryWriteBytes(writer, bytes);
            case sbyte number: writer.WriteInt8(number); break;
            case short number: writer.WriteInt16(number); break;
            case ushort number: writer.WriteUInt16(number); break;
            case uint number: writer.WriteUInt32(number); break;
            case ulong number: writer.WriteUInt64(number); break;
            case float number: writer.WriteSingle(number); break;
            default: return TryWriteExtension(writer, value);
        }
        return true;
    }

    /// <summary>Writes a string: UTF-8, or UTF-16 when it holds half a surrogate pair.</summary>
    public static void WriteString(MessagePackWriter writer, string text)
    {
        if (!writer.TryWriteString(text))
            WriteUtf16String(writer, text);
    }

    /// <summary>Writes one of the eight integer types in the format that tells which; false for any other object.</summary>
    public static bool TryWriteInteger(MessagePackWriter writer, object number) =>
        number is int or long or byte or sbyte or short or ushort or uint or ulong && TryWrite(writer, number);

    private static bool TryWriteExtension(MessagePackWriter writer, object value)
    {
        switch (value)
        {
            case DateTime time: WriteDateTime(writer, time); break;
            case DateTimeOffset time: WriteDateTimeOffset(writer, time); break;
            case TimeSpan span: BinaryPrimitives.WriteInt64BigEndian(Extension(writer, ValueExtension.TimeSpan, sizeof(long)), span.Ticks); break;
            case Guid guid: guid.TryWriteBytes(Extension(writer, ValueExtension.Guid, 16), bigEndian: true, out _); break;
            case decimal number: WriteDecimal(writer, number); break;
            case char character: BinaryPrimitives.WriteUInt16BigEndian(Extension(writer, ValueExtension.Char, sizeof(char)), character); break;
            case BigInteger number: WriteBigInteger(writer, number); break;
            case Version version: WriteVersion(writer, version); break;
            case DateOnly date: BinaryPrimitives.WriteInt32BigEndian(Extension(writer, ValueExtension.DateOnly, sizeof(int)), date.DayNumber); break;
            case TimeOnly time: BinaryPrimitives.WriteInt64BigEndian(Extension(writer, ValueExtension.TimeOnly, sizeof(long)), time.Ticks); break;
            case Uri uri: return TryWriteUri(writer, uri);
            default: return false;
        }
        return true;
    }

    private static Span<byte> Extension(MessagePackWriter writer, sbyte type, int byteCount)
    {
        writer.WriteExtensionHeader(type, byteCount);
        return writer.Buffer.Append(byteCount);
    }

    // Only byte[] itself: the runtime also calls sbyte[] and arrays of byte-sized enumerations a byte[].
    private static bool TryWriteBytes(MessagePackWriter writer, byte[] bytes)
    {
        if (bytes.GetType() != typeof(byte[]))
            return false;
        writer.WriteBinary(bytes);
        return true;
    }

    private static void WriteInt32(MessagePackWriter writer, int number)
    {
        if (number is >= MessagePackCode.NegativeFixIntMin and <= MessagePackCode.PositiveFixIntMax)
            writer.WriteFixInt(number);
        else
            writer.WriteInt32(number);
    }

    private static void WriteUtf16String(MessagePackWriter writer, string text)
    {
        Span<byte> body = Extension(writer, ValueExtension.Utf16String, checked(text.Length * sizeof(char)));
        for (int i = 0; i < text.Length; i++)
            BinaryPrimitives.WriteUInt16BigEndian(body[(i * sizeof(char))..], text[i]);
    }

    private static void WriteDateTime(MessagePackWriter writer, DateTime time) =>
        BinaryPrimitives.WriteUInt64BigEndian(
            Extension(writer, ValueExtension.DateTime, sizeof(ulong)),
            ((ulong)time.Kind << ScalarReader.DateTimeKindShift) | (ulong)time.Ticks);

    private static void WriteDateTimeOffset(MessagePackWriter writer, DateTimeOffset time)
    {
        Span<byte> body = Extension(writer, ValueExtension.DateTimeOffset, sizeof(long) + sizeof(short));
        BinaryPrimitives.WriteInt64BigEndian(body, time.Ticks);
        BinaryPrimitives.WriteInt16BigEndian(body[sizeof(long)..], (short)(time.Offset.Ticks / TimeSpan.TicksPerMinute));
    }

    private static void WriteDecimal(MessagePackWriter writer, decimal number)
    {
        Span<int> parts = stackalloc int[4];
        decimal.GetBits(number, parts);
        Span<byte> body = Extension(writer, ValueExtension.Decimal, 4 * sizeof(int));
        parts.Reverse();
        for (int i = 0; i < parts.Length; i++)
            BinaryPrimitives.WriteInt32BigEndian(body[(i * sizeof(int))..], parts[i]);
    }

    private static void WriteBigInteger(MessagePackWriter writer, BigInteger number) =>
        number.TryWriteBytes(Extension(writer, ValueExtension.BigInteger, number.GetByteCount()), out _, isBigEndian: true);

    private static void WriteVersion(MessagePackWriter writer, Version version)
    {
        Span<byte> body = Extension(writer, ValueExtension.Version, 4 * sizeof(int));
        BinaryPrimitives.WriteInt32BigEndian(body, version.Major);
        BinaryPrimitives.WriteInt32BigEndian(body[4..], version.Minor);
        BinaryPrimitives.WriteInt32BigEndian(body[8..], version.Build);
        BinaryPrimitives.WriteInt32BigEndian(body[12..], version.Revision);
    }

    // A Uri that its own text would not give back (a subclass, a parser switched off) is not data.
    private static bool TryWriteUri(MessagePackWriter writer, Uri uri)
    {
        if (uri.GetType() != typeof(Uri) || ScalarReader.TryCreateUri(uri.OriginalString, uri.IsAbsoluteUri) != uri)
            return false;
        int body = writer.BeginExtension(ValueExtension.Uri);
        writer.WriteArrayHeader(2);
        writer.WriteBoolean(uri.IsAbsoluteUri);
        WriteString(writer, uri.OriginalString);
        writer.EndExtension(body);
        return true;
    }
}
