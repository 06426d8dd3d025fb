using Persistence.Entities;

namespace Persistence.CrashKit.Entities;

/// <summary>Which number the next field of a table has. That is asked for by adding one.</summary>
internal static class FieldNumbers
{
    private const string Added = "after going back";

    /// <summary>Adds a field to each table whose name says what number came next when it got it.</summary>
    /// <returns>What table gives a field a number that another one may have had, in words; null: none.</returns>
    public static string? FindReused(EntityState entities)
    {
        foreach (TableSchema table in entities.Schema.Tables.Values.Where(static table => TableNames.NextFieldOf(table.Name) > 0))
        {
            int number = entities.AddField(table.Name, new FieldDefinition(Added, new FieldType(FieldKind.Bool))).Fields[^1].Number;
            if (number < TableNames.NextFieldOf(table.Name))
                return $"the table '{table.Name}' gives a new field the number {number}, which another one has had";
        }

        return null;
    }
}
