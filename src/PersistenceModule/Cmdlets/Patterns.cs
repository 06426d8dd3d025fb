using System.Management.Automation;

namespace PersistenceModule;

/// <summary>Wildcard patterns that users give, other than paths.</summary>
internal static class Patterns
{
    /// <exception cref="WalCommandException">PatternInvalid.</exception>
    public static WildcardPattern Compile(string pattern, WildcardOptions options)
    {
        WildcardPattern compiled = WildcardPattern.Get(pattern, options);
        try
        {
            // PowerShell looks at a pattern when it is first used.
            compiled.IsMatch("");
        }
        catch (WildcardPatternException e)
        {
            throw ErrorRecords.PatternInvalid(pattern, e);
        }

        return compiled;
    }
}
