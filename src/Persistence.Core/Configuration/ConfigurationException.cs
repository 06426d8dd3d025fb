using Persistence.Diagnostics;

namespace Persistence.Configuration;

/// <summary>Something a store is configured with is not what it can be. The message has the place; it never repeats a text that stood where a value should.</summary>
public sealed class ConfigurationException : StoreException
{
    internal ConfigurationException(string message)
        : base(StoreError.ConfigurationInvalid, message)
    {
    }

    /// <summary>The key (<c>section.name</c>) concerned, or null when it is none there is.</summary>
    public string? Key { get; init; }

    /// <summary>The values that key takes, in words, or null.</summary>
    public string? Allowed { get; init; }

    /// <summary>The environment variable concerned, or null.</summary>
    public string? Variable { get; init; }

    /// <summary>The line in the file, from 1, or null.</summary>
    public int? Line { get; init; }

    /// <summary>The column in that line, in characters from 1, or null.</summary>
    public int? Column { get; init; }

    /// <summary>The item of the list concerned, from 0, or null.</summary>
    internal int? Item { get; init; }

    /// <summary>The same, said of a place in the file.</summary>
    internal ConfigurationException At(int line, int column) =>
        new($"'{ConfigurationText.FileName}' line {line}, column {column}: {Message}")
        { Key = Key, Allowed = Allowed, File = ConfigurationText.FileName, Line = line, Column = column };

    /// <summary>The same, said of an environment variable.</summary>
    internal ConfigurationException Of(string variable) =>
        new($"Environment variable {variable}: {Message}") { Key = Key, Allowed = Allowed, Variable = variable };
}
