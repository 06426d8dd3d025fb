namespace PersistenceModule;

/// <summary>What a wildcard pattern tells about the keys it matches.</summary>
internal static class KeyPatterns
{
    private static readonly char[] s_special = ['*', '?', '[', ']', '`'];

    /// <summary>What every matching key begins with.</summary>
    public static string LiteralPrefix(string pattern)
    {
        int end = pattern.IndexOfAny(s_special);
        return end < 0 ? pattern : pattern[..end];
    }
}
