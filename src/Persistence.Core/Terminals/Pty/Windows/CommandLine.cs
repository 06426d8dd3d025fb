using System.Text;

namespace Persistence.Terminals.Pty.Windows;

/// <summary>
/// Arguments as one line, which programs take apart by the rules of <c>CommandLineToArgvW</c>: spaces and tabs divide them outside of quotation marks, and backslashes escape only what stands before
/// a quotation mark.
/// </summary>
internal static class CommandLine
{
    /// <summary>The most characters Windows takes, with the one at the end.</summary>
    public const int CharactersMax = 32_767;

    /// <summary>The line.</summary>
    /// <param name="program">The program's path or name, for which other rules hold: it has no quotation mark in it.</param>
    /// <param name="arguments">Its arguments.</param>
    public static string Join(string program, IEnumerable<string> arguments)
    {
        StringBuilder line = new();
        line.Append('"').Append(program).Append('"');
        foreach (string argument in arguments)
            Append(line.Append(' '), argument);
        return line.ToString();
    }

    private static void Append(StringBuilder line, string argument)
    {
        if (argument.Length > 0 && argument.AsSpan().IndexOfAny(" \t\n\v\"") < 0)
            line.Append(argument);
        else
            AppendQuoted(line, argument);
    }

    // Backslashes count only before a quotation mark, the closing one included: there each of them is doubled.
    private static void AppendQuoted(StringBuilder line, string argument)
    {
        int backslashes = 0;
        line.Append('"');
        foreach (char character in argument)
        {
            if (character == '"')
                line.Append('\\', backslashes + 1);
            line.Append(character);
            backslashes = character == '\\' ? backslashes + 1 : 0;
        }
        line.Append('\\', backslashes).Append('"');
    }
}
