using System.Globalization;
using System.Text;
using Persistence.CrashKit.Worker;
using Persistence.Entities;
using Persistence.Serialization;

namespace Persistence.CrashKit.Entities;

/// <summary>What a value, a component and a table are in words. A value that was widened reads as it did before.</summary>
internal static class EntityTexts
{
    public const char Separator = '|';
    public const string None = "none";
    private const int BytesShown = 16;

    /// <summary>A value: what a program gives, and what a store gives back.</summary>
    public static string Of(object? value) => value switch
    {
        null => None,
        EntityId id => id.ToString(),
        bool flag => flag ? "true" : "false",
        string text => ValueText.Describe(text),
        byte[] bytes => OfBytes(bytes),
        float number => OfNumber(number),
        double number => OfNumber(number),
        DateTimeOffset time => OfInteger(time.UtcTicks),
        TimeSpan time => OfInteger(time.Ticks),
        Array array => $"[{string.Join(',', array.Cast<object?>().Select(Of))}]",
        IFormattable other => other.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    /// <summary>A component: the version of its table, and each field by its name.</summary>
    public static string OfComponent(Component component)
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"{component.Table.Version}");
        foreach (FieldSchema field in component.Table.Fields)
            Append(text, field.Name, Of(component[field.Name]));
        return text.ToString();
    }

    /// <summary>One more field of a component.</summary>
    public static void Append(StringBuilder text, string field, string value) => text.Append(Separator).Append(field).Append('=').Append(value);

    /// <summary>A table.</summary>
    public static string OfTable(TableSchema table) => OfTable(table.Version, table.Name, table.Fields.Select(static field => (field.Number, field.Name, field.Type, Of(field.Default))));

    /// <summary>A table.</summary>
    /// <param name="version">How often it was changed, and 1.</param>
    /// <param name="name">Its name.</param>
    /// <param name="fields">Of each field its number, name, type and default.</param>
    public static string OfTable(int version, string name, IEnumerable<(int Number, string Name, FieldType Type, string Default)> fields)
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"{version}{Separator}{name}");
        foreach ((int number, string fieldName, FieldType type, string initial) in fields)
            text.Append(CultureInfo.InvariantCulture, $"{Separator}{number}:{fieldName}:{type}={initial}");
        return text.ToString();
    }

    private static string OfBytes(byte[] bytes) => bytes.Length <= BytesShown
        ? $"0x{Convert.ToHexString(bytes)}"
        : string.Create(CultureInfo.InvariantCulture, $"{bytes.Length}-{Crc32C.Compute(bytes):x8}");

    private static string OfNumber(double number) => number.ToString("R", CultureInfo.InvariantCulture);

    private static string OfInteger(long number) => number.ToString(CultureInfo.InvariantCulture);
}
