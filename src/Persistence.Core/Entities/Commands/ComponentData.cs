using Persistence.Diagnostics;
using Persistence.Serialization;

namespace Persistence.Entities;

/// <summary>A component as a program gives it.</summary>
public abstract class ComponentData
{
    private protected ComponentData(string table)
    {
        ArgumentException.ThrowIfNullOrEmpty(table);
        Table = table;
    }

    /// <summary>The name of its table.</summary>
    public string Table { get; }

    /// <summary>One with values by the names of their fields, whatever their case. Fields that are left out have their default, or, where a component is changed, the value they have.</summary>
    /// <param name="table">The name of the table.</param>
    /// <param name="values">The values: each of its field's type, or one that means the same. Not to be changed before it is written.</param>
    public static ComponentData Of(string table, IReadOnlyDictionary<string, object?> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        return new NamedValues(table, values);
    }

    /// <summary>One with values by the names of their fields, whatever their case.</summary>
    /// <param name="table">The name of the table.</param>
    /// <param name="values">The values.</param>
    public static ComponentData Of(string table, params (string Field, object? Value)[] values)
    {
        ArgumentNullException.ThrowIfNull(values);
        return new NamedValues(table, values.Select(static value => KeyValuePair.Create(value.Field, value.Value)));
    }

    /// <summary>Writes its values as a row; FORMAT.md.</summary>
    /// <exception cref="StoreException">FieldNotFound, ComponentTypeMismatch.</exception>
    internal abstract void Write(TableSchema table, MessagePackWriter writer);

    private sealed class NamedValues(string table, IEnumerable<KeyValuePair<string, object?>> values) : ComponentData(table)
    {
        internal override void Write(TableSchema table, MessagePackWriter writer)
        {
            (FieldSchema Field, object? Value)[] fields = [.. values.Select(pair => Resolve(table, pair.Key, pair.Value))];
            if (fields.DistinctBy(static pair => pair.Field.Number).Count() < fields.Length)
                throw new ArgumentException($"A component of the table '{table.Name}' has two values for one field.");
            writer.WriteMapHeader(fields.Length);
            foreach ((FieldSchema field, object? value) in fields)
            {
                writer.WriteInteger(field.Number);
                FieldCodec.Of(field.Type).Write(writer, value);
            }
        }

        private static (FieldSchema Field, object? Value) Resolve(TableSchema table, string name, object? value)
        {
            FieldSchema field = table.GetField(name);
            return (field, ComponentValues.Convert(table.Name, field, value));
        }
    }
}
