namespace Persistence.Configuration;

/// <summary>
/// What a program says of single keys for one opening: it overrides the file and the environment, and leaves every other key to them. Immutable.
/// A value equal to the default overrides as well.
/// </summary>
public sealed class OptionOverrides
{
    private readonly IReadOnlyDictionary<ConfigurationKey, object> _values;

    private OptionOverrides(IReadOnlyDictionary<ConfigurationKey, object> values) => _values = values;

    /// <summary>Says nothing.</summary>
    public static OptionOverrides None { get; } = new(new Dictionary<ConfigurationKey, object>());

    internal IReadOnlyDictionary<ConfigurationKey, object> Values => _values;

    /// <summary>Says one more thing, in place of what was said of that key before.</summary>
    /// <exception cref="ConfigurationException">A value the key does not take.</exception>
    public OptionOverrides With(ConfigurationKey key, object value)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(value);
        return new OptionOverrides(new Dictionary<ConfigurationKey, object>(_values) { [key] = key.Accept(value) });
    }

    /// <summary>The same by the option's name: <c>With(nameof(StoreOptions.SegmentBytes), 1 &lt;&lt; 20)</c>.</summary>
    public OptionOverrides With(string option, object value) => With(ConfigurationKeys.For(option), value);

    /// <summary>Says all that a whole set of options says.</summary>
    public static OptionOverrides From(StoreOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ConfiguredOptions configured = ConfiguredOptions.Defaults with { Store = options };
        return new OptionOverrides(ConfigurationKeys.All.Where(static key => key.IsOfStore).ToDictionary(key => key, key => key.Read(configured)));
    }
}
