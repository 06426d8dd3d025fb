using Persistence.Diagnostics;
using Persistence.Serialization;

namespace Persistence.Entities;

/// <summary>The values of a component as records have them: a map from field numbers; FORMAT.md.</summary>
internal static class ComponentRow
{
    /// <summary>Passes over a row.</summary>
    /// <param name="table">Of what.</param>
    /// <param name="reader">The reader.</param>
    /// <param name="referred">Called with each entity that it refers to, or null.</param>
    /// <exception cref="MalformedDataException">It is not one of the table.</exception>
    public static void Check(TableSchema table, ref MessagePackReader reader, Action<EntityId>? referred)
    {
        for (int left = reader.ReadMapHeader(); left > 0; left--)
        {
            int number = reader.ReadInt32();
            int index = table.IndexOf(number);
            if (index >= 0)
                FieldCodec.Of(table.Fields[index].Type).Check(ref reader, table.Fields[index].Type.Kind == FieldKind.Reference ? referred : null);
            else if (number > 0 && number < table.NextField)
                reader.Skip();
            else
                throw new MalformedDataException($"A row has a field of number {number}, which its table '{table.Name}' never had.", reader.Position);
        }
    }
}
