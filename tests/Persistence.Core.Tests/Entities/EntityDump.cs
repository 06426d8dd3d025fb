using System.Globalization;
using System.Text;
using Persistence.Entities;

namespace Persistence.Tests.Entities;

/// <summary>Entities as text, for comparing.</summary>
internal static class EntityDump
{
    public static string Of(EntityReader reader)
    {
        StringBuilder text = new();
        foreach (TableSchema table in reader.Schema.Tables.Values)
        {
            text.Append(CultureInfo.InvariantCulture, $"table {table.Number} {table.Name} version {table.Version}:");
            foreach (FieldSchema field in table.Fields)
                text.Append(CultureInfo.InvariantCulture, $" {field.Number} {field.Name} {field.Type} = {Format(field.Default)};");
            text.Append('\n');
        }

        int count = 0;
        foreach (Entity entity in reader.Query().OrderBy(static entity => entity.Id))
        {
            count++;
            text.Append(CultureInfo.InvariantCulture, $"{entity.Id} [{string.Join(',', entity.Tables)}]:");
            foreach (Component component in entity.Components)
                text.Append(CultureInfo.InvariantCulture, $" {component.Table.Name}({string.Join(", ", component.Table.Fields.Select(field => $"{field.Name}={Format(component[field.Name])}"))})");
            text.Append('\n');
        }

        return text.Append(CultureInfo.InvariantCulture, $"{reader.Count} of {count}").ToString();
    }

    public static string Format(object? value) => value switch
    {
        null => "null",
        bool flag => flag ? "true" : "false",
        string said => $"\"{said}\"",
        // To the runtime any array of small integers is one of bytes.
        byte[] bytes when value.GetType() == typeof(byte[]) => $"x{Convert.ToHexString(bytes)}",
        DateTimeOffset time => $"@{time.UtcTicks}",
        TimeSpan span => $"+{span.Ticks}",
        Array array => $"[{string.Join(',', array.Cast<object?>().Select(Format))}]",
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        float number => ((double)number).ToString("R", CultureInfo.InvariantCulture),
        IFormattable other => other.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };
}
