namespace Persistence.Configuration;

/// <summary>A key's value, and where it comes from.</summary>
/// <param name="Key">The key.</param>
/// <param name="Value">The value in force.</param>
/// <param name="Source">Who said so.</param>
public sealed record ConfiguredValue(ConfigurationKey Key, object Value, ConfigurationSource Source)
{
    /// <summary>The value that only the next opening takes, because the key cannot change while the store is open; null when that is <see cref="Value"/>.</summary>
    public object? Pending { get; init; }
}
