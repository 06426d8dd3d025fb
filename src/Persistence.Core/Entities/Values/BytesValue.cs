using Persistence.Serialization;

namespace Persistence.Entities;

/// <summary>Bytes.</summary>
internal readonly struct BytesValue : IFieldValue<byte[]?>
{
    private const int HeaderBytes = 5;

    public static bool IsNullable => true;

    public static int ColumnBytes => 0;

    public static long SizeOf(byte[]? value) => HeaderBytes + (value?.LongLength ?? 0);

    public static void Write(MessagePackWriter writer, byte[]? value)
    {
        if (value is null)
            writer.WriteNil();
        else
            writer.WriteBinary(value);
    }

    public static byte[]? Read(ref MessagePackReader reader) => reader.TryReadNil() ? null : reader.ReadBinary().ToArray();

    public static bool TrySkip(ref MessagePackReader reader)
    {
        if (!reader.TryReadNil())
            reader.ReadBinary();
        return true;
    }

    public static bool TryConvert(object value, out byte[]? result)
    {
        result = value switch
        {
            ReadOnlyMemory<byte> memory => memory.ToArray(),
            Memory<byte> memory => memory.ToArray(),
            _ => null,
        };
        return result is not null;
    }
}
