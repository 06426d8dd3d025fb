using Persistence.Serialization;

namespace Persistence.Entities;

/// <summary>True and false.</summary>
internal readonly struct BoolValue : IFieldValue<bool>
{
    public static int ColumnBytes => sizeof(bool);

    public static void Write(MessagePackWriter writer, bool value) => writer.WriteBoolean(value);

    public static bool Read(ref MessagePackReader reader) => reader.ReadBoolean();

    public static void WriteFixed(Span<byte> target, bool value) => target[0] = value ? (byte)1 : (byte)0;

    public static bool TryReadFixed(ReadOnlySpan<byte> source, out bool result)
    {
        result = source[0] == 1;
        return source[0] <= 1;
    }

    public static bool TryConvert(object value, out bool result) => (result = false) || value is bool;
}
