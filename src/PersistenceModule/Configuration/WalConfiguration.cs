using Persistence.Configuration;

namespace PersistenceModule;

/// <summary>One key of a store's configuration.</summary>
public sealed class WalConfiguration
{
    private readonly ConfiguredValue _value;

    internal WalConfiguration(string path, ConfiguredValue value)
    {
        Path = path;
        _value = value;
    }

    /// <summary>The store's directory.</summary>
    public string Path { get; }

    /// <summary>Section and name: <c>log.segment_bytes</c>.</summary>
    public string Name => _value.Key.FullName;

    /// <summary>The value in force; by path, the one that the next opening takes.</summary>
    public object Value => ToPowerShell(_value.Value)!;

    /// <summary>The value when nobody says anything else.</summary>
    public object Default => ToPowerShell(_value.Key.Default)!;

    /// <summary>Who said so.</summary>
    public ConfigurationSource Source => _value.Source;

    /// <summary>What the value will be once the store is opened again; null unless that is something else.</summary>
    public object? Pending => ToPowerShell(_value.Pending);

    /// <summary>Whether a store that is open takes a new value at once.</summary>
    public bool CanChangeWhileOpen => _value.Key.CanChangeWhileOpen;

    /// <summary>What it takes, in words.</summary>
    public string Allowed => _value.Key.Allowed;

    /// <summary>The environment variable that overrides the file.</summary>
    public string EnvironmentVariable => _value.Key.EnvironmentVariable;

    /// <summary>What it does.</summary>
    public string Description => _value.Key.Description;

    /// <summary>A list is an array: that is what is compared, added to, and given to Set-WalConfiguration.</summary>
    private static object? ToPowerShell(object? value) => value is NamePatterns patterns ? patterns.ToArray() : value;
}
