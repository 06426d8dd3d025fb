using System.Management.Automation;

namespace PersistenceModule;

/// <summary>Which entries are wanted. Immutable.</summary>
internal sealed record WalEntryFilter
{
    public static readonly WalEntryFilter Everything = new();

    private readonly WildcardPattern[]? _keys;
    private readonly WildcardPattern[]? _types;

    /// <summary>Patterns for state items' keys, which are case-sensitive; null for all.</summary>
    public string[]? Keys { init => _keys = Compile(value, WildcardOptions.None); }

    /// <summary>Patterns for application records' types; null for all.</summary>
    public string[]? Types { init => _types = Compile(value, WildcardOptions.IgnoreCase); }

    /// <summary>The kinds wanted; null for all.</summary>
    public WalEntryKind[]? Kinds { get; init; }

    /// <summary>Entries made at this moment or later.</summary>
    public DateTimeOffset? After { get; init; }

    /// <summary>Entries made before this moment.</summary>
    public DateTimeOffset? Before { get; init; }

    public bool AdmitsTime(DateTimeOffset time) => (After is null || time >= After) && (Before is null || time < Before);

    /// <summary>Asking for keys or types asks for entries that have one.</summary>
    public bool Admits(WalEntryKind kind, string? key, string? type)
    {
        if (Kinds is not null && Array.IndexOf(Kinds, kind) < 0)
            return false;
        if (_keys is null && _types is null)
            return true;
        return (_keys is not null && key is not null && MatchesAny(_keys, key)) || (_types is not null && type is not null && MatchesAny(_types, type));
    }

    private static WildcardPattern[]? Compile(string[]? patterns, WildcardOptions options) =>
        patterns is null ? null : Array.ConvertAll(patterns, pattern => Patterns.Compile(pattern, options | WildcardOptions.Compiled));

    private static bool MatchesAny(WildcardPattern[] patterns, string text) => Array.Exists(patterns, pattern => pattern.IsMatch(text));
}
