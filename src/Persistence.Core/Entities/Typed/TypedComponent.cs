using Persistence.Serialization;

namespace Persistence.Entities;

/// <summary>A component that is an object of a program's type.</summary>
internal sealed class TypedComponent<T>(T value) : ComponentData(ComponentType<T>.One.Table)
    where T : notnull
{
    internal override void Write(TableSchema table, MessagePackWriter writer) => ComponentType<T>.One.Bind(table).Write(value, writer);
}
