using Persistence.Diagnostics;
using Persistence.Serialization;

namespace Persistence.Entities;

/// <summary>Guids, their bytes in the order in which they are written.</summary>
internal readonly struct GuidValue : IFieldValue<Guid>
{
    private const int Bytes = 16;

    public static int ColumnBytes => Bytes;

    public static void Write(MessagePackWriter writer, Guid value)
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        value.TryWriteBytes(bytes, bigEndian: true, out _);
        writer.WriteBinary(bytes);
    }

    public static Guid Read(ref MessagePackReader reader)
    {
        ReadOnlySpan<byte> bytes = reader.ReadBinary();
        return bytes.Length == Bytes ? new Guid(bytes, bigEndian: true) : throw new MalformedDataException("A Guid has 16 bytes.", reader.Position);
    }

    public static void WriteFixed(Span<byte> target, Guid value) => value.TryWriteBytes(target, bigEndian: true, out _);

    public static bool TryReadFixed(ReadOnlySpan<byte> source, out Guid result)
    {
        result = new Guid(source, bigEndian: true);
        return true;
    }

    public static bool TryConvert(object value, out Guid result)
    {
        result = default;
        return value is string text && Guid.TryParse(text, out result);
    }
}
