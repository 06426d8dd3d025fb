using Persistence.Serialization;

namespace Persistence.Entities;

/// <summary>Writes the value of one member of a component, which is kept as one type.</summary>
/// <param name="get">Gets it.</param>
internal sealed class MemberWriter<TComponent, T, TValue>(Func<TComponent, T> get) : MemberWriter<TComponent>
    where TValue : struct, IFieldValue<T>
{
    public override void Write(MessagePackWriter writer, TComponent component) => TValue.Write(writer, get(component));
}
