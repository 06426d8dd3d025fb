using Persistence.Entities;

namespace PersistenceModule;

/// <summary>What fields are compared with.</summary>
internal static class FieldOperand
{
    /// <summary>An operand as the engine takes it, or refuses it. An integer is more than 1.5 when it is more than 1, and less when it is less than 2: 1.3GB is a fraction, and nobody means that by it.</summary>
    /// <param name="type">What is compared.</param>
    /// <param name="test">How.</param>
    /// <param name="operand">With what.</param>
    /// <param name="storePath">The store: entities of another one are none here.</param>
    /// <exception cref="WalCommandException">ItemInvalid: an entity of another store.</exception>
    public static object? Convert(FieldType type, FieldTest test, object? operand, string storePath)
    {
        object? value = FieldInput.Convert(type, operand, storePath);
        return type is { IsArray: false, Kind: >= FieldKind.Int8 and <= FieldKind.UInt64 } ? ToWhole(test, value) : value;
    }

    private static object? ToWhole(FieldTest test, object? value) => (test, value) switch
    {
        (FieldTest.Greater or FieldTest.LessOrEqual, double number) => Math.Floor(number),
        (FieldTest.Greater or FieldTest.LessOrEqual, decimal number) => Math.Floor(number),
        (FieldTest.GreaterOrEqual or FieldTest.Less, double number) => Math.Ceiling(number),
        (FieldTest.GreaterOrEqual or FieldTest.Less, decimal number) => Math.Ceiling(number),
        _ => value,
    };
}
