using System.Text;

namespace Persistence.Configuration;

/// <summary>One key of a store's configuration: its names, what it takes, and which option it sets. The instances are those of <see cref="ConfigurationKeys"/>.</summary>
public abstract class ConfigurationKey
{
    private readonly OptionProperty _property;

    private protected ConfigurationKey(string section, string name, OptionProperty property, ConfigurationKind kind, Type valueType, string allowed)
    {
        Section = section;
        Name = name;
        _property = property;
        Kind = kind;
        ValueType = valueType;
        Allowed = allowed;
    }

    /// <summary>The table of <c>persistence.toml</c> that it is in.</summary>
    public string Section { get; }

    /// <summary>Its name in that table.</summary>
    public string Name { get; }

    /// <summary>Both: <c>section.name</c>.</summary>
    public string FullName => $"{Section}.{Name}";

    /// <summary>The environment variable that overrides the file: <c>PERSISTENCE_&lt;SECTION&gt;_&lt;NAME&gt;</c>.</summary>
    public string EnvironmentVariable => ConfigurationEnvironment.Prefix + $"{Section}_{Name}".ToUpperInvariant();

    /// <summary>The parameter of Set-WalConfiguration that sets it: both names, without what separates their words.</summary>
    public string ParameterName => Pascal($"{Section}_{Name}");

    /// <summary>The property of <see cref="StoreOptions"/>, or of <see cref="CircuitBreakerOptions"/>, that it sets.</summary>
    public string Option => _property.Name;

    /// <summary>What it takes.</summary>
    public ConfigurationKind Kind { get; }

    /// <summary>The type of its values.</summary>
    public Type ValueType { get; }

    /// <summary>The values it takes, in words.</summary>
    public string Allowed { get; }

    /// <summary>Whether a store that is open takes a new value at once; otherwise the next opening does.</summary>
    public bool CanChangeWhileOpen { get; init; } = true;

    /// <summary>What it does, in a sentence.</summary>
    public required string Description { get; init; }

    /// <summary>Its value when nobody says anything else.</summary>
    public object Default => Read(ConfiguredOptions.Defaults);

    /// <summary>Whether it is an option of the store itself.</summary>
    internal bool IsOfStore => _property.IsOfStore;

    /// <inheritdoc/>
    public override string ToString() => FullName;

    /// <summary>What a value looks like in the file.</summary>
    public abstract string Format(object value);

    /// <summary>A value of <see cref="ValueType"/>, from one that a program has: any integer, a word's text, any sequence of texts.</summary>
    /// <exception cref="ConfigurationException">It is none that this key takes.</exception>
    public abstract object Accept(object value);

    /// <summary>A value of <see cref="ValueType"/>, from the text of an environment variable.</summary>
    /// <exception cref="ConfigurationException">It is none that this key takes.</exception>
    internal abstract object Parse(string text);

    internal object Read(ConfiguredOptions options) => ToValue(_property.Read(options));

    internal ConfiguredOptions Write(ConfiguredOptions options, object value) => _property.Write(options, value);

    private protected abstract object ToValue(object optionValue);

    /// <summary>Only numbers are repeated: what was put here by mistake may be a secret.</summary>
    private protected ConfigurationException Refuse(string what, int? item = null) => new($"{FullName} {what}; allowed: {Allowed}.") { Key = FullName, Allowed = Allowed, Item = item };

    private static string Pascal(string text)
    {
        StringBuilder name = new();
        foreach (string word in text.Split('_'))
            name.Append(char.ToUpperInvariant(word[0])).Append(word, 1, word.Length - 1);
        return name.ToString();
    }
}
