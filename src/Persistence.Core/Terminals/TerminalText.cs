using System.Text;

namespace Persistence.Terminals;

/// <summary>What text of terminals may be: checked where it comes in, and again where it is read.</summary>
internal static class TerminalText
{
    public const int NameCharsMax = 256;
    public const int TitleCharsMax = 4096;
    public const int PathCharsMax = 32_768;
    public const int VariableCharsMax = 1024;
    public const int ValueCharsMax = 1 << 20;

    /// <summary>A name or a key that people see: not empty, and nothing that a terminal would act on.</summary>
    public static string RequireName(string name, string what = "name")
    {
        ArgumentNullException.ThrowIfNull(name);
        if (string.IsNullOrWhiteSpace(name))
            throw new ArgumentException($"The {what} is empty: it has to have a character that can be seen.");
        return RequireShown(name, NameCharsMax, what);
    }

    /// <summary>Text that people see.</summary>
    public static string RequireShown(string text, int charsMax, string what)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.AsSpan().ContainsAnyInRange('\0', '\u001F') || text.AsSpan().ContainsAnyInRange('\u007F', '\u009F'))
            throw new ArgumentException($"The {what} has a control character.");
        return Require(text, charsMax, what);
    }

    /// <summary>Text that is handed to the operating system.</summary>
    public static string RequireValue(string text, int charsMax, string what)
    {
        if (text is null)
            throw new ArgumentNullException(nameof(text), $"The {what} is null; it may be empty.");
        return text.Contains('\0', StringComparison.Ordinal) ? throw new ArgumentException($"The {what} has a NUL character.") : Require(text, charsMax, what);
    }

    /// <summary>A path or the name of a program.</summary>
    public static string RequirePath(string path, string what)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (path.Length == 0)
            throw new ArgumentException($"The {what} is empty.");
        return RequireValue(path, PathCharsMax, what);
    }

    /// <summary>The name of an environment variable.</summary>
    public static string RequireVariable(string name)
    {
        const string What = "name of an environment variable";
        ArgumentNullException.ThrowIfNull(name);
        if (name.Length == 0)
            throw new ArgumentException($"The {What} is empty.");
        if (name.Contains('=', StringComparison.Ordinal))
            throw new ArgumentException($"The {What} has no '='.");
        return RequireShown(name, VariableCharsMax, What);
    }

    private static string Require(string text, int charsMax, string what)
    {
        if (text.Length > charsMax)
            throw new ArgumentException($"The {what} has {text.Length} characters; at most {charsMax} are possible.");
        for (int i = 0; i < text.Length; i += Rune.TryGetRuneAt(text, i, out Rune rune) ? rune.Utf16SequenceLength : throw new ArgumentException($"The {what} holds half a surrogate pair."))
        {
        }

        return text;
    }
}
