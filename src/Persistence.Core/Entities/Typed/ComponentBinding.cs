using Persistence.Diagnostics;
using Persistence.Serialization;

namespace Persistence.Entities;

/// <summary>How a type of components goes with its table under one schema.</summary>
/// <param name="type">The type.</param>
/// <param name="table">The table.</param>
/// <param name="members">Its members, in their order.</param>
internal sealed class ComponentBinding<T>(ComponentType<T> type, TableSchema table, BoundMember<T>[] members)
    where T : notnull
{
    /// <summary>The table.</summary>
    public TableSchema Table => table;

    /// <summary>Writes a component as a row; FORMAT.md.</summary>
    public void Write(T component, MessagePackWriter writer)
    {
        writer.WriteMapHeader(members.Length);
        foreach (BoundMember<T> member in members)
        {
            writer.WriteInteger(member.Field.Number);
            member.Writer.Write(writer, component);
        }
    }

    /// <summary>Makes an object of what is kept.</summary>
    /// <param name="values">In the order of the table's fields.</param>
    /// <exception cref="StoreException">ComponentTypeMismatch: the field is of a wider type than the member, and the value does not fit.</exception>
    public T Read(object?[] values)
    {
        object?[] own = new object?[members.Length];
        for (int i = 0; i < own.Length; i++)
        {
            BoundMember<T> member = members[i];
            object? value = values[member.Index];
            own[i] = member.Field.Type == member.Type ? FieldCodec.Of(member.Type).Copy(value) : Narrow(member, value);
        }

        return type.Make(own);
    }

    private object? Narrow(BoundMember<T> member, object? value) => FieldCodec.Of(member.Type).TryConvert(value, out object? narrow)
        ? narrow
        : throw new StoreException(StoreError.ComponentTypeMismatch, $"The field '{member.Field.Name}' of the table '{table.Name}' is {member.Field.Type} and has a value that does not fit into the {member.Type} that the type '{typeof(T).Name}' has for it. Give the type a member that holds it.");
}
