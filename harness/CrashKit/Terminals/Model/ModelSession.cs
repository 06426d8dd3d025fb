using System.Collections.Immutable;

namespace Persistence.CrashKit.Terminals.Model;

/// <summary>A session as it must be. Sessions, windows and panes have the harness' own numbers: the host's are known only when it has told them.</summary>
internal sealed record ModelSession(int Key, string Name)
{
    public ImmutableSortedDictionary<string, string> Metadata { get; init; } = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>What is said of each variable, as <see cref="VariableText"/> has it.</summary>
    public ImmutableSortedDictionary<string, string> Environment { get; init; } = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>Its windows, by index.</summary>
    public ImmutableSortedDictionary<int, int> Windows { get; init; } = ImmutableSortedDictionary<int, int>.Empty;

    /// <summary>The active window; 0 without windows.</summary>
    public int ActiveWindow { get; init; }
}
