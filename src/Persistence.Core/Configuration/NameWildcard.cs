using System.Text;

namespace Persistence.Configuration;

/// <summary>One pattern of <see cref="NamePatterns"/>, ready to be matched.</summary>
internal sealed class NameWildcard(string pattern)
{
    private static readonly Rune Any = new('*');
    private static readonly Rune One = new('?');

    private readonly Rune[] _pattern = Fold(pattern);

    /// <summary>A text's characters with their case taken away.</summary>
    public static Rune[] Fold(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return [.. text.EnumerateRunes().Select(Rune.ToUpperInvariant)];
    }

    /// <summary>Whether it matches the whole of a folded name. Only the last star met is ever extended: an earlier one that takes more gains nothing, so that no name takes long.</summary>
    public bool IsMatch(ReadOnlySpan<Rune> name)
    {
        int next = 0;
        int star = -1;
        int afterStar = 0;
        for (int at = 0; at < name.Length;)
        {
            if (IsAny(next))
            {
                star = next++;
                afterStar = at;
            }
            else if (IsMatch(next, name[at]))
            {
                next++;
                at++;
            }
            else if (star >= 0)
            {
                next = star + 1;
                at = ++afterStar;
            }
            else
            {
                return false;
            }
        }

        return _pattern.AsSpan(next).TrimEnd(Any).IsEmpty;
    }

    private bool IsAny(int index) => index < _pattern.Length && _pattern[index] == Any;

    private bool IsMatch(int index, Rune character) => index < _pattern.Length && (_pattern[index] == One || _pattern[index] == character);
}
