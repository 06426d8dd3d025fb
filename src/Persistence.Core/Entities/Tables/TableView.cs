using System.Collections.Immutable;
using Persistence.Serialization;
using Persistence.State;

namespace Persistence.Entities;

/// <summary>
/// A table as one schema shows it. A change of the schema makes another view of the same rows: what it adds begins as a column of its own, what it drops stays as it was then, for those who hold the view of before.
/// Not thread-safe.
/// </summary>
internal sealed class TableView
{
    private TableView(TableSchema schema, TableRows rows, ImmutableArray<Column> columns)
    {
        Schema = schema;
        Rows = rows;
        Columns = columns;
    }

    /// <summary>What it is.</summary>
    public TableSchema Schema { get; }

    /// <summary>Whose rows they are.</summary>
    public TableRows Rows { get; }

    /// <summary>The values, in the order of the fields.</summary>
    public ImmutableArray<Column> Columns { get; }

    /// <summary>A table without rows.</summary>
    public static TableView Create(TableSchema schema) =>
        new(schema, new TableRows(), [.. schema.Fields.Select(static field => FieldCodec.Of(field.Type).CreateColumn(field.Default))]);

    /// <summary>The same rows under another schema.</summary>
    public TableView With(TableSchema schema) => new(schema, Rows, [.. schema.Fields.Select(FindColumn)]);

    /// <summary>What a row is now, for those who will ask for it when it is no more.</summary>
    public RowVersion Capture(int row, GrowableBuffer scratch)
    {
        scratch.Reset();
        MessagePackWriter writer = new(scratch);
        foreach (Column column in Columns)
            column.Write(row, writer);
        return new RowVersion(Rows.SinceOf(row), Schema, scratch.WrittenSpan.ToArray());
    }

    /// <summary>The values of a row as a snapshot shows them.</summary>
    /// <param name="row">The row.</param>
    /// <param name="snapshot">The snapshot, one that was taken under this schema.</param>
    /// <returns>In the order of the fields; null when there was no component.</returns>
    public object?[]? Read(int row, Lsn snapshot)
    {
        if (Rows.IsNow(row, snapshot, out RowVersion? older))
            return Rows.Exists(row) ? ReadNow(row) : null;
        return older?.Schema is TableSchema schema ? ReadOlder(row, older, schema) : null;
    }

    private object?[] ReadNow(int row)
    {
        object?[] values = new object?[Columns.Length];
        for (int i = 0; i < values.Length; i++)
            values[i] = Columns[i].Get(row);
        return values;
    }

    /// <summary>A version was kept when it was replaced, under this schema or a later one. What that has dropped is still in our columns: nobody has written there since.</summary>
    private object?[] ReadOlder(int row, RowVersion older, TableSchema schema)
    {
        object?[] values = ReadNow(row);
        MessagePackReader reader = new(older.Values.Span, MessagePackReader.LargestMaxDepth);
        foreach (FieldSchema field in schema.Fields)
        {
            int index = Schema.IndexOf(field.Number);
            if (index < 0)
                reader.Skip();
            else
                values[index] = Narrow(Schema.Fields[index].Type, FieldCodec.Of(field.Type).Read(ref reader));
        }

        return values;
    }

    /// <summary>A value that was taken as one of a wider type was one of ours then.</summary>
    private static object? Narrow(FieldType type, object? value) =>
        FieldCodec.Of(type).TryConvert(value, out object? own) ? own : throw new InvalidOperationException($"A value of before a field was widened is none of {type}.");

    private Column FindColumn(FieldSchema field)
    {
        int index = Schema.IndexOf(field.Number);
        if (index < 0)
            return FieldCodec.Of(field.Type).CreateColumn(field.Default);
        return Schema.Fields[index].Type == field.Type ? Columns[index] : Widen(Columns[index], field);
    }

    private Column Widen(Column column, FieldSchema field)
    {
        FieldCodec codec = FieldCodec.Of(field.Type);
        Column wider = codec.CreateColumn(field.Default);
        for (int row = 0; row < Rows.Count; row++)
        {
            codec.TryConvert(column.Get(row), out object? value);
            wider.Set(row, value);
        }

        return wider;
    }
}
