using System.Collections;
using System.Runtime.CompilerServices;
using System.Text;

namespace Persistence.Configuration;

/// <summary>
/// Wildcard patterns for names, in their order: <c>*</c> stands for any characters or none, <c>?</c> for exactly one, every other character for itself in whatever case. Immutable;
/// two lists of the same patterns in the same order are equal.
/// </summary>
[CollectionBuilder(typeof(NamePatterns), nameof(Create))]
public sealed class NamePatterns : IReadOnlyList<string>, IEquatable<NamePatterns>
{
    private readonly string[] _patterns;
    private readonly NameWildcard[] _wildcards;

    private NamePatterns(string[] patterns)
    {
        _patterns = patterns;
        _wildcards = Array.ConvertAll(patterns, static pattern => new NameWildcard(pattern));
    }

    /// <summary>How many patterns there are.</summary>
    public int Count => _patterns.Length;

    /// <summary>The pattern at an index, as it was written.</summary>
    public string this[int index] => _patterns[index];

    /// <summary>The list of these patterns.</summary>
    public static NamePatterns Create(ReadOnlySpan<string> patterns) => new(patterns.ToArray());

    /// <summary>The same from any sequence.</summary>
    public static NamePatterns From(IEnumerable<string> patterns)
    {
        ArgumentNullException.ThrowIfNull(patterns);
        return patterns as NamePatterns ?? new NamePatterns([.. patterns]);
    }

    /// <summary>Whether one of the patterns matches the whole name. Takes at most as many steps as the name has characters times those of all patterns.</summary>
    public bool IsMatch(string name)
    {
        Rune[] folded = NameWildcard.Fold(name);
        return Array.Exists(_wildcards, wildcard => wildcard.IsMatch(folded));
    }

    /// <inheritdoc/>
    public bool Equals(NamePatterns? other) => other is not null && _patterns.AsSpan().SequenceEqual(other._patterns);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as NamePatterns);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        foreach (string pattern in _patterns)
            hash.Add(pattern, StringComparer.Ordinal);
        return hash.ToHashCode();
    }

    /// <inheritdoc/>
    public override string ToString() => $"[{string.Join(", ", _patterns)}]";

    /// <inheritdoc/>
    public IEnumerator<string> GetEnumerator() => ((IEnumerable<string>)_patterns).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
