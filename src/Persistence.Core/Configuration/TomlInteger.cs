using System.Globalization;

namespace Persistence.Configuration;

/// <summary>TOML's decimal integers: an optional sign, digits without a leading zero, single underscores between digits.</summary>
internal static class TomlInteger
{
    public static bool TryParse(ReadOnlySpan<char> text, out long value)
    {
        value = 0;
        return IsWellFormed(text) && long.TryParse(text.ToString().Replace("_", "", StringComparison.Ordinal), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);
    }

    /// <summary>Whether it is written like one, however large.</summary>
    public static bool IsWellFormed(ReadOnlySpan<char> text)
    {
        ReadOnlySpan<char> digits = text is ['+' or '-', ..] ? text[1..] : text;
        if (digits.IsEmpty || (digits.Length > 1 && digits[0] == '0') || digits[0] == '_' || digits[^1] == '_')
            return false;
        foreach (char c in digits)
        {
            if (!char.IsAsciiDigit(c) && c != '_')
                return false;
        }

        return digits.IndexOf("__") < 0;
    }
}
