namespace Persistence.Configuration;

/// <summary>Where a value comes from. A later one overrides those before it.</summary>
public enum ConfigurationSource
{
    /// <summary>Nobody said anything else.</summary>
    Default,

    /// <summary>The store's <c>persistence.toml</c>.</summary>
    File,

    /// <summary>An environment variable, as it was when the store was opened.</summary>
    Environment,

    /// <summary>The program or command that opened the store.</summary>
    Parameter,
}
