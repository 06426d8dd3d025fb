using Persistence.Diagnostics;

namespace Persistence.Entities;

/// <summary>Values as a program gives them, made those of fields.</summary>
internal static class ComponentValues
{
    /// <summary>Makes a value one of a field.</summary>
    /// <exception cref="StoreException">ComponentTypeMismatch: it is none. The message does not have it: a payload is in no message.</exception>
    public static object? Convert(string table, FieldSchema field, object? value) =>
        FieldCodec.Of(field.Type).TryConvert(value, out object? converted) ? converted : throw new StoreException(StoreError.ComponentTypeMismatch, $"The field '{field.Name}' of the table '{table}' is {field.Type}, and {Describe(value)} does not fit.");

    private static string Describe(object? value) => value is null ? "null" : $"the value given, of type {value.GetType().Name},";
}
