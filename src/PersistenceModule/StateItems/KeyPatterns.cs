using System.Buffers;
using System.Text;

namespace PersistenceModule;

/// <summary>What a wildcard pattern tells about the keys it matches.</summary>
internal static class KeyPatterns
{
    private const string Special = "*?[]`";

    /// <summary>What every matching key begins with. It ends before half a surrogate pair, which is no text by itself.</summary>
    public static string LiteralPrefix(string pattern)
    {
        int end = 0;
        while (end < pattern.Length && !Special.Contains(pattern[end]) && Rune.DecodeFromUtf16(pattern.AsSpan(end), out _, out int read) == OperationStatus.Done)
            end += read;
        return pattern[..end];
    }
}
