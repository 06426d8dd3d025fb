namespace Persistence.Entities;

/// <summary>A component that was taken out of its columns.</summary>
/// <param name="Slot">Whose it is.</param>
/// <param name="Values">In the order of the fields.</param>
/// <param name="Bytes">At most how many those take that may be large.</param>
internal readonly record struct CopiedRow(int Slot, object?[] Values, long Bytes)
{
    public static CopiedRow Of(TableSchema table, int slot, object?[] values)
    {
        long bytes = 0;
        for (int i = 0; i < values.Length; i++)
            bytes += FieldCodec.Of(table.Fields[i].Type).SizeOf(values[i]);
        return new CopiedRow(slot, values, bytes);
    }
}
