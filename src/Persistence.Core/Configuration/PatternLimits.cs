namespace Persistence.Configuration;

/// <summary>What a list of patterns may be, for the option that has it and for its key.</summary>
internal static class PatternLimits
{
    public const int PatternsMax = 256;
    public const int CharactersMax = 256;

    /// <summary>The same in words.</summary>
    public const string Allowed = "a list of up to 256 patterns, each of 1 to 256 characters";

    /// <summary>What is wrong with a pattern at that index, or null. It is not repeated: it may be a secret that got there by mistake.</summary>
    public static string? FindFault(string pattern, int index)
    {
        if (index >= PatternsMax)
            return "has more patterns than that";
        if (pattern.Length == 0)
            return "has an empty pattern";
        if (pattern.Length > CharactersMax)
            return "has a pattern that is too long";
        return PlainText.IsPlain(pattern) ? null : "has a pattern with a control character or with half a character";
    }
}
