using Persistence.Diagnostics;

namespace Persistence.Entities;

/// <summary>Values as a program gives them, made those of fields.</summary>
internal static class ComponentValues
{
    private const int TextCharsShown = 40;

    /// <summary>Makes a value one of a field.</summary>
    /// <exception cref="StoreException">ComponentTypeMismatch: it is none.</exception>
    public static object? Convert(string table, FieldSchema field, object? value) =>
        FieldCodec.Of(field.Type).TryConvert(value, out object? converted) ? converted : throw new StoreException(StoreError.ComponentTypeMismatch, $"The field '{field.Name}' of the table '{table}' is {field.Type}: {Describe(value)} is none.");

    private static string Describe(object? value) => value switch
    {
        null => "null",
        string text => $"the text '{(text.Length > TextCharsShown ? text[..TextCharsShown] + "…" : text)}'",
        IFormattable number => FormattableString.Invariant($"{number} ({value.GetType().Name})"),
        _ => $"a value of type {value.GetType().Name}",
    };
}
