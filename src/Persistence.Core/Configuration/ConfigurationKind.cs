namespace Persistence.Configuration;

/// <summary>What values a configuration key takes.</summary>
public enum ConfigurationKind
{
    /// <summary>A whole number, as a <see cref="long"/>.</summary>
    Number,

    /// <summary><c>true</c> or <c>false</c>, as a <see cref="bool"/>.</summary>
    Boolean,

    /// <summary>One of some words, as a value of an enumeration.</summary>
    Word,

    /// <summary>The path of a directory, as a <see cref="string"/>; empty for none.</summary>
    Path,

    /// <summary>A list of wildcard patterns, as <see cref="NamePatterns"/>.</summary>
    Patterns,
}
