using System.Collections.Immutable;

namespace Persistence.Terminals;

/// <summary>A session: windows, and what they have in common.</summary>
public sealed record TerminalSession
{
    /// <summary>Which it is.</summary>
    public required SessionId Id { get; init; }

    /// <summary>Its name, unique whatever its case.</summary>
    public required string Name { get; init; }

    /// <summary>When it was created.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>What its owner says of it.</summary>
    public ImmutableSortedDictionary<string, string> Metadata { get; init; } = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>What programs started in it find in their environment, by name.</summary>
    public ImmutableSortedDictionary<string, EnvironmentEntry> Environment { get; init; } = ImmutableSortedDictionary.Create<string, EnvironmentEntry>(StringComparer.Ordinal);

    /// <summary>Its windows, by index.</summary>
    public ImmutableSortedDictionary<int, WindowId> Windows { get; init; } = ImmutableSortedDictionary<int, WindowId>.Empty;

    /// <summary>The active window; none in a session without windows.</summary>
    public WindowId ActiveWindow { get; init; }
}
