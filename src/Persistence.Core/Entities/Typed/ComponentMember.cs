using System.Collections;
using System.Reflection;

namespace Persistence.Entities;

/// <summary>A member of a type of components that is a field.</summary>
/// <param name="Member">The member.</param>
/// <param name="Type">What it is as a field.</param>
/// <param name="Name">The field's name.</param>
/// <param name="FormerName">A name that the field had; null for none.</param>
/// <param name="Default">What components have that say nothing of it.</param>
internal sealed record ComponentMember(MemberInfo Member, MemberType Type, string Name, string? FormerName, object? Default)
{
    /// <summary>The members of a type that are fields: those that can be set, or are given to a constructor.</summary>
    /// <param name="type">The type.</param>
    /// <param name="constructor">What makes an object; null: the default of a structure.</param>
    /// <exception cref="ArgumentException">One of them is of a type that no field is like.</exception>
    public static IReadOnlyList<ComponentMember> FindAll(Type type, ConstructorInfo? constructor)
    {
        List<ComponentMember> members = [];
        foreach (MemberInfo member in type.GetMembers(BindingFlags.Public | BindingFlags.Instance))
        {
            ParameterInfo? parameter = constructor?.GetParameters().FirstOrDefault(one => IsSameName(one.Name, member.Name));
            ComponentFieldAttribute said = member.GetCustomAttribute<ComponentFieldAttribute>() ?? parameter?.GetCustomAttribute<ComponentFieldAttribute>() ?? new ComponentFieldAttribute();
            if (TypeOf(member) is not Type own || said.Ignore || parameter is null && !IsSettable(member))
                continue;
            MemberType like = MemberType.Of(own) ?? throw new ArgumentException($"The member '{member.Name}' of '{type.Name}' is of type {Describe(own)}, which no field is like. There are numbers, bool, string, byte[], Guid, DateTimeOffset, DateTime, TimeSpan, EntityId, enumerations, and arrays of all but DateTime and enumerations.");
            members.Add(new ComponentMember(member, like, SchemaText.RequireName(said.Name ?? member.Name, "field"), said.FormerName, said.Default));
        }

        if (AreTwoTheSame(members, static member => member.Name))
            throw new ArgumentException($"Two members of '{type.Name}' are the same field.");
        if (AreTwoTheSame(members, static member => member.Member.Name))
            throw new ArgumentException($"Two members of '{type.Name}' have names that differ in case only, or in nothing.");
        return members;
    }

    /// <summary>The constructor that is given the most members; null: a structure is made by its default.</summary>
    /// <exception cref="ArgumentException">No constructor can be used.</exception>
    public static ConstructorInfo? FindConstructor(Type type)
    {
        MemberInfo[] members = type.GetMembers(BindingFlags.Public | BindingFlags.Instance);
        ConstructorInfo? best = type.GetConstructors()
            .Where(one => one.GetParameters().All(parameter => members.Any(member => IsSameName(parameter.Name, member.Name) && TypeOf(member) == parameter.ParameterType)))
            .MaxBy(static one => one.GetParameters().Length);
        return best is not null || type.IsValueType ? best : throw new ArgumentException($"The type '{type.Name}' has no public constructor whose parameters are members of it.");
    }

    /// <summary>Refuses types of which nothing would be kept, or not all: values that are no components but fields of them, collections, and those that have something, but nothing that can be set.</summary>
    /// <exception cref="ArgumentException">It is one.</exception>
    public static void RequireKept(Type type, IReadOnlyList<ComponentMember> members)
    {
        if (MemberType.Of(type) is not null)
            throw new ArgumentException($"The type '{type.Name}' is one of fields. A component is a type that has fields of it.");
        bool hasNone = members.Count == 0 && !type.GetMembers(BindingFlags.Public | BindingFlags.Instance).Any(static member => member.GetCustomAttribute<ComponentFieldAttribute>() is not null);
        if (type.IsAbstract)
            throw new ArgumentException($"The type '{type.Name}' is abstract: no object can be made of it.");
        if (type.IsAssignableTo(typeof(IEnumerable)))
            throw new ArgumentException($"The type '{type.Name}' is a collection, of whose elements nothing would be kept. A component can have a member that is an array of them.");
        if (hasNone && HasState(type))
            throw new ArgumentException($"Of the type '{type.Name}' nothing can be kept: it has no public field or property that can be set, or is given to its constructor.");
    }

    private static bool AreTwoTheSame(List<ComponentMember> members, Func<ComponentMember, string> name) =>
        members.DistinctBy(name, StringComparer.OrdinalIgnoreCase).Count() < members.Count;

    private static string Describe(Type type) => Nullable.GetUnderlyingType(type) is Type value ? $"{value.Name}?" : type.Name;

    private static bool HasState(Type? type) =>
        type is not null && (type.GetFields(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.DeclaredOnly).Length > 0 || HasState(type.BaseType));

    /// <summary>Whether a parameter and a member mean the same.</summary>
    public static bool IsSameName(string? parameter, string member) => string.Equals(parameter, member, StringComparison.OrdinalIgnoreCase);

    /// <summary>The type of a member's value; null when it has none that can be read.</summary>
    private static Type? TypeOf(MemberInfo member) => member switch
    {
        FieldInfo field => field.FieldType,
        PropertyInfo { GetMethod.IsPublic: true } property when property.GetIndexParameters().Length == 0 => property.PropertyType,
        _ => null,
    };

    private static bool IsSettable(MemberInfo member) => member is FieldInfo { IsInitOnly: false, IsLiteral: false } or PropertyInfo { SetMethod.IsPublic: true };
}
