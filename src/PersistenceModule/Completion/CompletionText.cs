using System.Management.Automation;
using System.Management.Automation.Language;

namespace PersistenceModule;

/// <summary>What the completers have in common.</summary>
internal static class CompletionText
{
    /// <summary>The word without the quotes around it.</summary>
    public static string Unquote(string word) => word.Trim('\'', '"');

    /// <summary>A word that stands for the text on a command line, quoted where it must be, and with its wildcards escaped.</summary>
    public static CompletionResult Offer(string text) => Offer(WildcardPattern.Escape(text), text);

    /// <summary>Numbers that begin like the word; once it is no number, targets that do.</summary>
    public static IEnumerable<CompletionResult> OfferTargets(string word, IEnumerable<(string Id, string Target, string Description)> targets)
    {
        string text = Unquote(word);
        bool isNumber = text.All(char.IsAsciiDigit);
        return targets
            .Select(target => (Word: isNumber ? target.Id : target.Target, target.Description))
            .Where(offer => offer.Word.StartsWith(text, StringComparison.OrdinalIgnoreCase))
            .Select(offer => Offer(offer.Word, offer.Description));
    }

    /// <summary>As <see cref="Offer(string)"/>, of text that is taken as it is.</summary>
    public static CompletionResult Offer(string literal, string description)
    {
        bool isPlain = literal.Length > 0 && literal.All(character => char.IsLetterOrDigit(character) || character is '_' or '-' or '.' or '/' or ':');
        string word = isPlain ? literal : $"'{CodeGeneration.EscapeSingleQuotedStringContent(literal)}'";
        return new CompletionResult(word, description, CompletionResultType.ParameterValue, description);
    }
}
