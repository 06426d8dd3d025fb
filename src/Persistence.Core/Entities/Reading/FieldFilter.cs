using Persistence.Diagnostics;

namespace Persistence.Entities;

/// <summary>A test of one field of a component.</summary>
/// <param name="Table">The table's number.</param>
/// <param name="Field">The field's place among the others.</param>
/// <param name="IsMet">Whether a value passes.</param>
internal sealed record FieldFilter(int Table, int Field, Func<object?, bool> IsMet)
{
    /// <summary>Makes one.</summary>
    /// <param name="table">The table.</param>
    /// <param name="name">The field's name.</param>
    /// <param name="test">What is asked.</param>
    /// <param name="operand">With what.</param>
    /// <param name="ignoresCase">Whether letters of texts are the same in whatever case.</param>
    /// <exception cref="StoreException">FieldNotFound; ComponentTypeMismatch: that cannot be asked of the field, or the operand is none for it.</exception>
    public static FieldFilter Create(TableSchema table, string name, FieldTest test, object? operand, bool ignoresCase)
    {
        FieldSchema field = table.GetField(name);
        FieldType type = test == FieldTest.Contains && field.Type.IsArray ? new FieldType(field.Type.Kind) : field.Type;
        bool isText = type == new FieldType(FieldKind.String);
        bool isOrdered = !type.IsArray && type.Kind != FieldKind.Bytes;
        if (test is FieldTest.StartsWith && !isText || test is FieldTest.Contains && !isText && !field.Type.IsArray || test is >= FieldTest.Less and <= FieldTest.GreaterOrEqual && !isOrdered)
            throw new StoreException(StoreError.ComponentTypeMismatch, $"The field '{field.Name}' of the table '{table.Name}' is {field.Type}: '{test}' cannot be asked of it.");
        object? value = ComponentValues.Convert(table.Name, field with { Type = type }, operand);
        StringComparison comparison = ignoresCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        return new FieldFilter(table.Number, table.IndexOf(field.Number), field.Type.IsArray ? ForArray(type, test, value, comparison) : ForOne(FieldCodec.Of(type), test, value, comparison));
    }

    private static Func<object?, bool> ForOne(FieldCodec codec, FieldTest test, object? operand, StringComparison comparison) => test switch
    {
        FieldTest.Equal => value => codec.AreEqual(value, operand, comparison),
        FieldTest.NotEqual => value => !codec.AreEqual(value, operand, comparison),
        FieldTest.Less => value => Compare(codec, value, operand, comparison) < 0,
        FieldTest.LessOrEqual => value => Compare(codec, value, operand, comparison) <= 0,
        FieldTest.Greater => value => Compare(codec, value, operand, comparison) > 0,
        FieldTest.GreaterOrEqual => value => Compare(codec, value, operand, comparison) >= 0,
        FieldTest.Contains => value => value is string text && operand is string part && text.Contains(part, comparison),
        FieldTest.StartsWith => value => value is string text && operand is string part && text.StartsWith(part, comparison),
        _ => throw new ArgumentOutOfRangeException(nameof(test)),
    };

    private static Func<object?, bool> ForArray(FieldType element, FieldTest test, object? operand, StringComparison comparison)
    {
        FieldCodec codec = FieldCodec.Of(element);
        if (test == FieldTest.Contains)
            return value => value is Array array && array.Cast<object?>().Any(one => codec.AreEqual(one, operand, comparison));
        bool whenEqual = test == FieldTest.Equal;
        return value => codec.AreEqual(value, operand, comparison) == whenEqual;
    }

    /// <summary>What is not there, and what is no number, is neither before nor after anything.</summary>
    private static int? Compare(FieldCodec codec, object? value, object? operand, StringComparison comparison) =>
        HasNoOrder(value) || HasNoOrder(operand) ? null : codec.Compare(value!, operand!, comparison);

    private static bool HasNoOrder(object? value) => value is null or double.NaN or float.NaN or EntityId { IsNone: true };
}
