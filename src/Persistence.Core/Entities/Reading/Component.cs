namespace Persistence.Entities;

/// <summary>The values of one component as they were when it was read.</summary>
public sealed class Component
{
    private readonly object?[] _values;

    /// <param name="table">The table.</param>
    /// <param name="values">In the order of its fields; not to be changed.</param>
    internal Component(TableSchema table, object?[] values)
    {
        Table = table;
        _values = values;
    }

    /// <summary>Its table, as it was then.</summary>
    public TableSchema Table { get; }

    /// <summary>In the order of the fields, as they are kept.</summary>
    internal object?[] Kept => _values;

    /// <summary>A field's value.</summary>
    /// <param name="name">The field's name, whatever its case.</param>
    /// <exception cref="Diagnostics.StoreException">FieldNotFound.</exception>
    public object? this[string name] => CopyOf(Table.IndexOf(Table.GetField(name).Number));

    /// <summary>The values by the names of their fields, whatever their case.</summary>
    public IReadOnlyDictionary<string, object?> ToDictionary()
    {
        Dictionary<string, object?> values = new(_values.Length, StringComparer.OrdinalIgnoreCase);
        for (int i = 0; i < _values.Length; i++)
            values.Add(Table.Fields[i].Name, CopyOf(i));
        return values;
    }

    /// <summary>The table's name.</summary>
    public override string ToString() => Table.Name;

    private object? CopyOf(int index) => FieldCodec.Of(Table.Fields[index].Type).Copy(_values[index]);
}
