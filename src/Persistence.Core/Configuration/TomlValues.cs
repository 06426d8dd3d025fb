namespace Persistence.Configuration;

/// <summary>Reads values: strings, decimal integers, booleans, and lists of these.</summary>
internal static class TomlValues
{
    /// <returns>A <see cref="long"/>, a <see cref="bool"/>, a <see cref="string"/> or a <see cref="TomlArray"/>.</returns>
    public static object Read(ref TomlCursor cursor)
    {
        TomlPlace place = cursor.Place;
        if (cursor.Current is '"' or '\'')
            return TomlStrings.Read(ref cursor);
        if (cursor.Current == '[')
            return TomlArrays.Read(ref cursor);
        if (cursor.Current == '{')
            throw TomlErrors.NotSupported("inline tables", place);
        ReadOnlySpan<char> word = cursor.TakeWhile(static c => c is not (' ' or '\t' or '\r' or '\n' or '#' or ',' or ']' or '"' or '\''));
        return word switch
        {
            "true" => true,
            "false" => false,
            _ => ReadNumber(word, place),
        };
    }

    private static long ReadNumber(ReadOnlySpan<char> word, TomlPlace place)
    {
        if (TomlInteger.TryParse(word, out long value))
            return value;
        if (word.IsEmpty)
            throw TomlErrors.At(place, "a value is missing.");
        if (TomlInteger.IsWellFormed(word))
            throw TomlErrors.At(place, $"the number is out of range: {long.MinValue} to {long.MaxValue}.");
        if (word.StartsWith("0x") || word.StartsWith("0o") || word.StartsWith("0b"))
            throw TomlErrors.NotSupported("hexadecimal, octal and binary integers", place);
        if (char.IsAsciiDigit(word[0]) || word[0] is '+' or '-' || word is "inf" or "nan")
            throw TomlErrors.NotSupported("floating-point numbers, dates, leading zeros, and digits grouped otherwise than by single underscores", place);
        throw TomlErrors.At(place, $"this is no value. {TomlErrors.Values}");
    }
}
