using System.Linq.Expressions;

namespace Persistence.Entities;

/// <summary>What a member of a type of components is as a field.</summary>
/// <param name="Field">The field's type.</param>
/// <param name="ToValue">Makes the member's value the field's.</param>
/// <param name="FromValue">Makes the field's value the member's.</param>
internal sealed record MemberType(FieldType Field, Func<Expression, Expression> ToValue, Func<Expression, Expression> FromValue)
{
    private static readonly Dictionary<Type, FieldType> s_own = Enum.GetValues<FieldKind>().Where(static kind => kind != FieldKind.None)
        .SelectMany(static kind => (FieldType[])[new FieldType(kind), new FieldType(kind, IsArray: true)])
        // An array of bytes is Bytes, as everywhere in .NET.
        .Where(static type => type != new FieldType(FieldKind.UInt8, IsArray: true))
        .ToDictionary(static type => FieldCodec.Of(type).ValueType);

    /// <summary>What a type of .NET is as a field; null when no field is like it.</summary>
    public static MemberType? Of(Type type)
    {
        if (s_own.TryGetValue(type, out FieldType own))
            return Same(own);
        if (type.IsEnum)
            return Cast(s_own[Enum.GetUnderlyingType(type)], type);
        return type == typeof(DateTime) ? Time : null;
    }

    private static MemberType Time { get; } = new(
        new FieldType(FieldKind.Time),
        static member => Expression.New(typeof(DateTimeOffset).GetConstructor([typeof(DateTime)])!, Expression.Call(member, nameof(DateTime.ToUniversalTime), null)),
        static value => Expression.Property(value, nameof(DateTimeOffset.UtcDateTime)));

    private static MemberType Same(FieldType field) => new(field, static member => member, static value => value);

    private static MemberType Cast(FieldType field, Type type) =>
        new(field, member => Expression.Convert(member, FieldCodec.Of(field).ValueType), value => Expression.Convert(value, type));
}
