using System.Diagnostics.CodeAnalysis;
using Persistence.Diagnostics;

namespace Persistence.Entities;

/// <summary>Components as objects of a program's types. What of a type is a field, <see cref="EntityState.Define{T}"/> says.</summary>
/// <remarks>Every method throws what its namesake without a type does, <see cref="ArgumentException"/> for a type that cannot be one of components, and <see cref="StoreException"/>: TableNotFound, FieldNotFound, SchemaIncompatible when the type is not defined.</remarks>
public static class TypedComponents
{
    /// <summary>Creates an entity with a component.</summary>
    public static EntityId Create<T>(this IEntityWriter writer, T component)
        where T : notnull
    {
        ArgumentNullException.ThrowIfNull(writer);
        return writer.Create(Of(component));
    }

    /// <summary>Creates an entity with two components.</summary>
    public static EntityId Create<T1, T2>(this IEntityWriter writer, T1 first, T2 second)
        where T1 : notnull
        where T2 : notnull
    {
        ArgumentNullException.ThrowIfNull(writer);
        return writer.Create(Of(first), Of(second));
    }

    /// <summary>Creates an entity with three components.</summary>
    public static EntityId Create<T1, T2, T3>(this IEntityWriter writer, T1 first, T2 second, T3 third)
        where T1 : notnull
        where T2 : notnull
        where T3 : notnull
    {
        ArgumentNullException.ThrowIfNull(writer);
        return writer.Create(Of(first), Of(second), Of(third));
    }

    /// <summary>Adds a component to an entity that has none of its table.</summary>
    public static void Add<T>(this IEntityWriter writer, EntityId entity, T component)
        where T : notnull
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Add(entity, Of(component));
    }

    /// <summary>Sets a component of an entity, whether it has one of its table or not. Fields that the type does not have have their default.</summary>
    public static void Set<T>(this IEntityWriter writer, EntityId entity, T component)
        where T : notnull
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Set(entity, Of(component));
    }

    /// <summary>Changes the fields that the type has of a component that the entity has. Others stay as they are.</summary>
    public static void Change<T>(this IEntityWriter writer, EntityId entity, T component)
        where T : notnull
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Change(entity, Of(component));
    }

    /// <summary>Removes a component that the entity has.</summary>
    public static void Remove<T>(this IEntityWriter writer, EntityId entity)
        where T : notnull
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Remove(entity, ComponentType<T>.One.Table);
    }

    /// <summary>Looks a component up that is to be there.</summary>
    public static T Get<T>(this EntityReader reader, EntityId entity)
        where T : notnull
    {
        ArgumentNullException.ThrowIfNull(reader);
        return Read<T>(reader.GetComponent(entity, ComponentType<T>.One.Table));
    }

    /// <summary>Looks a component up.</summary>
    /// <returns>Whether the entity is there, and has it.</returns>
    public static bool TryGet<T>(this EntityReader reader, EntityId entity, [MaybeNullWhen(false)] out T component)
        where T : notnull
    {
        ArgumentNullException.ThrowIfNull(reader);
        Component? found = reader.FindComponent(entity, ComponentType<T>.One.Table);
        component = found is null ? default : Read<T>(found);
        return found is not null;
    }

    /// <summary>The entity's component of a type.</summary>
    public static T Get<T>(this Entity entity)
        where T : notnull
    {
        ArgumentNullException.ThrowIfNull(entity);
        return Read<T>(entity[ComponentType<T>.One.Table]);
    }

    /// <summary>The entities that have a component, with it, in no order; they are read when they are gone through.</summary>
    public static IEnumerable<(EntityId Id, T Component)> Query<T>(this EntityReader reader)
        where T : notnull
    {
        ArgumentNullException.ThrowIfNull(reader);
        return QueryOf(reader, ComponentType<T>.One.Table).Select(static entity => (entity.Id, entity.Get<T>()));
    }

    /// <summary>The entities that have two components, with them, in no order; they are read when they are gone through.</summary>
    public static IEnumerable<(EntityId Id, T1 First, T2 Second)> Query<T1, T2>(this EntityReader reader)
        where T1 : notnull
        where T2 : notnull
    {
        ArgumentNullException.ThrowIfNull(reader);
        return QueryOf(reader, ComponentType<T1>.One.Table, ComponentType<T2>.One.Table).Select(static entity => (entity.Id, entity.Get<T1>(), entity.Get<T2>()));
    }

    /// <summary>The entities that have three components, with them, in no order; they are read when they are gone through.</summary>
    public static IEnumerable<(EntityId Id, T1 First, T2 Second, T3 Third)> Query<T1, T2, T3>(this EntityReader reader)
        where T1 : notnull
        where T2 : notnull
        where T3 : notnull
    {
        ArgumentNullException.ThrowIfNull(reader);
        return QueryOf(reader, ComponentType<T1>.One.Table, ComponentType<T2>.One.Table, ComponentType<T3>.One.Table).Select(static entity => (entity.Id, entity.Get<T1>(), entity.Get<T2>(), entity.Get<T3>()));
    }

    private static EntityQuery QueryOf(EntityReader reader, params string[] tables) => reader.Query(tables).Read(tables);

    private static TypedComponent<T> Of<T>(T component)
        where T : notnull
    {
        ArgumentNullException.ThrowIfNull(component);
        return new(component);
    }

    private static T Read<T>(Component component)
        where T : notnull => ComponentType<T>.One.Bind(component.Table).Read(component.Kept);
}
