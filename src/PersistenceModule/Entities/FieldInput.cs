using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Internal;
using System.Numerics;
using Persistence.Entities;

namespace PersistenceModule;

/// <summary>
/// Values of fields as PowerShell users give them, made those that the engine takes. It refuses what does not fit; here only the wrapping comes off, text counts for what it says, as in a CSV file, a single value for an array with it, an empty text for no reference,
/// and a member of an enumeration for its name where text is wanted.
/// </summary>
internal static class FieldInput
{
    /// <summary>A value as the engine takes it, or refuses it; nobody else has it.</summary>
    /// <param name="type">What the field holds.</param>
    /// <param name="value">The value.</param>
    /// <param name="storePath">The store: entities of another one are none here.</param>
    /// <exception cref="WalCommandException">ItemInvalid: an entity of another store.</exception>
    public static object? Convert(FieldType type, object? value, string storePath)
    {
        object? bare = Unwrap(value);
        if (type.IsArray)
            return bare is null ? null : ToArray(type.Kind, bare, storePath);
        return type.Kind == FieldKind.Bytes && bare is not null ? ToBytes(bare) : ToOne(type.Kind, bare, storePath);
    }

    /// <summary>What a wrapper wraps; a custom object stays one.</summary>
    public static object? Unwrap(object? value)
    {
        if (value is not PSObject wrapped)
            return value;
        if (ReferenceEquals(wrapped, AutomationNull.Value))
            return null;
        return wrapped.BaseObject is PSCustomObject ? wrapped : wrapped.BaseObject;
    }

    private static object?[] ToArray(FieldKind kind, object value, string storePath) =>
        IsList(value) ? [.. ((IEnumerable)value).Cast<object?>().Select(element => ToOne(kind, Unwrap(element), storePath))] : [ToOne(kind, value, storePath)];

    /// <summary>Get-Content -AsByteStream gives an array of objects, and of a file with one byte that byte.</summary>
    private static object ToBytes(object value)
    {
        if (value is byte[] bytes)
            return bytes.Clone();
        if (value is byte single)
            return new[] { single };
        if (!IsList(value))
            return value;
        object?[] elements = [.. ((IEnumerable)value).Cast<object?>().Select(Unwrap)];
        return Array.TrueForAll(elements, static element => element is byte) ? Array.ConvertAll(elements, static element => (byte)element!) : value;
    }

    private static object? ToOne(FieldKind kind, object? value, string storePath) => value switch
    {
        EntityInfo entity => RequireOf(entity, storePath).Id,
        SwitchParameter isPresent => isPresent.IsPresent,
        Enum member when kind == FieldKind.String => member.ToString(),
        "" when kind == FieldKind.Reference => null,
        string text => Parse(kind, text) ?? text,
        _ => value,
    };

    /// <summary>The number, or the truth, that a text says; null when it is none.</summary>
    private static object? Parse(FieldKind kind, string text) => kind switch
    {
        FieldKind.Bool => bool.TryParse(text, out bool isTrue) ? isTrue : null,
        >= FieldKind.Int8 and <= FieldKind.UInt64 => BigInteger.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out BigInteger integer) ? integer : null,
        FieldKind.Float32 or FieldKind.Float64 => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number : null,
        _ => null,
    };

    private static bool IsList(object value) => value is IEnumerable and not (string or IDictionary);

    private static EntityInfo RequireOf(EntityInfo entity, string storePath) =>
        StorePaths.AreSame(entity.StorePath, storePath) ? entity : throw ErrorRecords.ReferenceOfOtherStore(entity, storePath);
}
