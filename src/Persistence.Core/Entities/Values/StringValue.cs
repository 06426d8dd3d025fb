using Persistence.Serialization;

namespace Persistence.Entities;

/// <summary>Texts.</summary>
internal readonly struct StringValue : IFieldValue<string?>
{
    private const int HeaderBytes = 5;

    public static bool IsNullable => true;

    public static int ColumnBytes => 0;

    public static long SizeOf(string? value) => HeaderBytes + (3L * (value?.Length ?? 0));

    public static void Write(MessagePackWriter writer, string? value)
    {
        if (value is null)
            writer.WriteNil();
        else
            writer.WriteString(value);
    }

    public static string? Read(ref MessagePackReader reader) => reader.ReadStringOrNil();

    public static bool TrySkip(ref MessagePackReader reader)
    {
        if (!reader.TryReadNil())
            reader.SkipString();
        return true;
    }

    public static bool TryConvert(object value, out string? result)
    {
        result = value is char character ? character.ToString() : null;
        return result is not null;
    }
}
