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
    private readonly Action<int> _clear;

    private TableView(TableSchema schema, TableRows rows, ImmutableArray<Column> columns)
    {
        Schema = schema;
        Rows = rows;
        Columns = columns;
        _clear = Clear;
    }

    /// <summary>What it is.</summary>
    public TableSchema Schema { get; }

    /// <summary>Whose rows they are.</summary>
    public TableRows Rows { get; }

    /// <summary>The values, in the order of the fields.</summary>
    public ImmutableArray<Column> Columns { get; }

    /// <summary>A table without rows.</summary>
    public static TableView Create(TableSchema schema) =>
        new(schema, new TableRows(), [.. schema.Fields.Select(static field => FieldCodec.Of(field.Type).CreateColumn(field.KeptDefault))]);

    /// <summary>The same rows under another schema.</summary>
    public TableView With(TableSchema schema) => new(schema, Rows, [.. schema.Fields.Select(FindColumn)]);

    /// <summary>Makes, replaces or changes the component of an entity.</summary>
    /// <param name="slot">The entity's.</param>
    /// <param name="values">A map from field numbers to values; numbers that are not among the fields are passed over.</param>
    /// <param name="replaces">Whether fields that are not in the map have their default; else they have the value they had.</param>
    /// <param name="commit">By which commit.</param>
    /// <param name="keepsOlder">Whether a snapshot may ask for what there was before.</param>
    public void Set(int slot, ref MessagePackReader values, bool replaces, long commit, bool keepsOlder)
    {
        int row = Rows.Find(slot);
        if (!Rows.Exists(row))
            row = Rows.Add(slot, commit, keepsOlder);
        else
            Rows.Change(row, commit, keepsOlder ? Capture(row) : null);
        if (replaces)
            Clear(row);
        for (int left = values.ReadMapHeader(); left > 0; left--)
        {
            int index = Schema.IndexOf(values.ReadInt32());
            if (index < 0)
                values.Skip();
            else
                Columns[index].Read(row, ref values);
        }
    }

    /// <summary>Makes the component of an entity as a checkpoint has it, its values not yet among them.</summary>
    /// <returns>The row.</returns>
    public int Load(int slot)
    {
        int row = Rows.Find(slot);
        return Rows.Exists(row) ? row : Rows.Add(slot, commit: 0, keepsOlder: false);
    }

    /// <summary>Removes the component of an entity as an increment has it removed, if there is one.</summary>
    public void Unload(int slot)
    {
        int row = Rows.Find(slot);
        if (!Rows.Exists(row))
            return;
        Rows.Unload(row);
        Clear(row);
    }

    /// <summary>Removes the component of an entity, if it has one.</summary>
    public void Remove(int slot, long commit, bool keepsOlder)
    {
        int row = Rows.Find(slot);
        if (!Rows.Exists(row))
            return;
        Rows.Remove(row, commit, keepsOlder ? Capture(row) : null);
        if (!keepsOlder)
            Clear(row);
    }

    /// <summary>Forgets what no snapshot can ask for any more.</summary>
    public void Prune(Lsn oldest) => Rows.Prune(oldest, _clear);

    /// <summary>The values of a row as a snapshot shows them.</summary>
    /// <param name="row">The row.</param>
    /// <param name="snapshot">The snapshot, one that was taken under this schema.</param>
    /// <returns>In the order of the fields, not to be changed; null when there was no component.</returns>
    public object?[]? Read(int row, Lsn snapshot)
    {
        if (Rows.IsNow(row, snapshot, out RowVersion? older))
            return Rows.Exists(row) ? ReadNow(row) : null;
        return older?.Schema is TableSchema schema ? ReadOlder(row, older, schema) : null;
    }

    /// <summary>One value of a row that has a component, as a snapshot shows it.</summary>
    /// <param name="row">The row.</param>
    /// <param name="field">The field's place.</param>
    /// <param name="snapshot">The snapshot, one that was taken under this schema.</param>
    public object? ReadField(int row, int field, Lsn snapshot) =>
        Rows.IsNow(row, snapshot, out _) ? Columns[field].Get(row) : Read(row, snapshot)?[field];

    /// <summary>About how many bytes those values of a row take that may be large.</summary>
    public long SizeOf(int row)
    {
        long size = 0;
        foreach (Column column in Columns)
            size += column.SizeOf(row);
        return size;
    }

    private RowVersion Capture(int row) => new(Rows.SinceOf(row), Schema, ReadNow(row));

    private void Clear(int row)
    {
        foreach (Column column in Columns)
            column.Clear(row);
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
        if (ReferenceEquals(schema, Schema))
            return older.Values;
        object?[] values = ReadNow(row);
        for (int i = 0; i < older.Values.Length; i++)
        {
            int index = Schema.IndexOf(schema.Fields[i].Number);
            if (index >= 0)
                values[index] = Narrow(Schema.Fields[index].Type, older.Values[i]);
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
            return FieldCodec.Of(field.Type).CreateColumn(field.KeptDefault);
        return Schema.Fields[index].Type == field.Type ? Columns[index] : Widen(Columns[index], field);
    }

    private Column Widen(Column column, FieldSchema field)
    {
        FieldCodec codec = FieldCodec.Of(field.Type);
        Column wider = codec.CreateColumn(field.KeptDefault);
        for (int row = 0; row < Rows.Count; row++)
        {
            codec.TryConvert(column.Get(row), out object? value);
            wider.Set(row, value);
        }

        return wider;
    }
}
