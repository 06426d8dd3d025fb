using System.Globalization;
using System.Text;

namespace Persistence.Configuration;

/// <summary>Reads strings of one line: "basic" with escapes, 'literal' without. Writes plain text.</summary>
internal static class TomlStrings
{
    /// <summary>A text without control characters as a string.</summary>
    public static string Quote(string text) => $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    public static string Read(ref TomlCursor cursor)
    {
        TomlPlace start = cursor.Place;
        char quote = cursor.Current;
        if (cursor.IsAt(new string(quote, 3)))
            throw TomlErrors.NotSupported("strings of several lines", start);
        cursor.Skip();
        StringBuilder text = new();
        while (cursor.Current != quote)
        {
            if (cursor.IsAtEndOfLine)
                throw TomlErrors.At(start, "the string has no end in its line.");
            if (quote == '"' && cursor.Current == '\\')
                ReadEscape(ref cursor, text);
            else
                ReadPlain(ref cursor, text);
        }

        cursor.Skip();
        return text.ToString();
    }

    private static void ReadPlain(ref TomlCursor cursor, StringBuilder text)
    {
        if (char.IsControl(cursor.Current) && cursor.Current != '\t')
            throw TomlErrors.At(cursor.Place, "a control character does not belong in a string; write it as an escape.");
        text.Append(cursor.Current);
        cursor.Skip();
    }

    private static void ReadEscape(ref TomlCursor cursor, StringBuilder text)
    {
        TomlPlace place = cursor.Place;
        cursor.Skip();
        char kind = cursor.IsAtEndOfLine ? '\0' : cursor.Current;
        if (kind is 'u' or 'U')
        {
            cursor.Skip();
            text.Append(ReadScalar(ref cursor, kind == 'u' ? 4 : 8, place).ToString());
            return;
        }

        int index = "btnfr\"\\".IndexOf(kind, StringComparison.Ordinal);
        if (index < 0)
            throw TomlErrors.At(place, "there is no such escape. A backslash is written \\\\ in double quotes, or as it is in single quotes.");
        text.Append("\b\t\n\f\r\"\\"[index]);
        cursor.Skip();
    }

    private static Rune ReadScalar(ref TomlCursor cursor, int digits, TomlPlace place)
    {
        int left = digits;
        ReadOnlySpan<char> hex = cursor.TakeWhile(c => char.IsAsciiHexDigit(c) && left-- > 0);
        bool isNumber = uint.TryParse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint scalar);
        return hex.Length == digits && isNumber && Rune.TryCreate(scalar, out Rune rune)
            ? rune
            : throw TomlErrors.At(place, $"\\{(digits == 4 ? 'u' : 'U')} takes {digits} hexadecimal digits of a character.");
    }
}
