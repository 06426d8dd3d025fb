using System.Text;

namespace Persistence.Entities;

/// <summary>What names of tables and fields may be: checked where they come in, and again where they are read.</summary>
internal static class SchemaText
{
    public const int NameCharsMax = 256;

    /// <summary>A name that people see: not empty, without control characters.</summary>
    /// <param name="name">The name.</param>
    /// <param name="what">Of what.</param>
    /// <exception cref="ArgumentException">It cannot be one.</exception>
    public static string RequireName(string name, string what)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (string.IsNullOrWhiteSpace(name))
            throw new ArgumentException($"The name of the {what} is empty: it has to have a character that can be seen.");
        if (name.Length > NameCharsMax)
            throw new ArgumentException($"The name of the {what} has {name.Length} characters; at most {NameCharsMax} are possible.");
        foreach (Rune rune in name.EnumerateRunes())
        {
            if (Rune.IsControl(rune) || rune == Rune.ReplacementChar)
                throw new ArgumentException($"The name of the {what} has a control character, or half of a character.");
        }

        return name;
    }
}
