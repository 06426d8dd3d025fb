using Persistence.Serialization;

namespace Persistence.Entities;

/// <summary>Writes the value of one member of a component.</summary>
internal abstract class MemberWriter<TComponent>
{
    public abstract void Write(MessagePackWriter writer, TComponent component);
}
