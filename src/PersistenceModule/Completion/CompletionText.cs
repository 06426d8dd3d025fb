using System.Management.Automation;
using System.Management.Automation.Language;

namespace PersistenceModule;

/// <summary>What the completers have in common.</summary>
internal static class CompletionText
{
    /// <summary>The word without the quotes around it.</summary>
    public static string Unquote(string word) => word.Trim('\'', '"');

    /// <summary>A word that stands for the text on a command line, quoted where it must be, and with its wildcards escaped.</summary>
    public static CompletionResult Offer(string text)
    {
        string literal = WildcardPattern.Escape(text);
        bool isPlain = literal.Length > 0 && literal.All(character => char.IsLetterOrDigit(character) || character is '_' or '-' or '.' or '/');
        string word = isPlain ? literal : $"'{CodeGeneration.EscapeSingleQuotedStringContent(literal)}'";
        return new CompletionResult(word, text, CompletionResultType.ParameterValue, text);
    }
}
