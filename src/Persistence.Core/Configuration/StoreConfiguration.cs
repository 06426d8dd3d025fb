namespace Persistence.Configuration;

/// <summary>How a store is configured: every key's value, from the defaults, its file, the environment and what a program says, in that order.</summary>
public sealed record StoreConfiguration
{
    private StoreConfiguration(ConfiguredOptions options, IReadOnlyList<ConfiguredValue> values)
    {
        Configured = options;
        Values = values;
    }

    /// <summary>That of nobody who says anything.</summary>
    internal static StoreConfiguration Defaults { get; } = Overlay();

    /// <summary>The options these values make.</summary>
    public StoreOptions Options => Configured.Store;

    /// <summary>Those of the circuit breaker that spares waits for the store's lock.</summary>
    public CircuitBreakerOptions LockCircuit => Configured.LockCircuit;

    /// <summary>Every key, in the order of <see cref="ConfigurationKeys.All"/>.</summary>
    public IReadOnlyList<ConfiguredValue> Values { get; }

    internal ConfiguredOptions Configured { get; }

    /// <summary>Puts the values together.</summary>
    /// <param name="text">The content of <c>persistence.toml</c>; null for none.</param>
    /// <param name="environment">Environment variables; others than those of keys are passed over.</param>
    /// <param name="given">What a program says.</param>
    /// <exception cref="ConfigurationException">Any part of it is invalid; nothing is left out for being overridden.</exception>
    public static StoreConfiguration Resolve(string? text, IReadOnlyDictionary<string, string> environment, OptionOverrides given)
    {
        ArgumentNullException.ThrowIfNull(environment);
        ArgumentNullException.ThrowIfNull(given);
        return Overlay((ConfigurationSource.File, ConfigurationText.Read(text)), (ConfigurationSource.Environment, ConfigurationEnvironment.Read(environment)), (ConfigurationSource.Parameter, given.Values));
    }

    /// <summary>That of a program which gives all options, and wants neither file nor environment.</summary>
    internal static StoreConfiguration Of(StoreOptions options) => Overlay((ConfigurationSource.Parameter, OptionOverrides.From(options).Values));

    /// <summary>What becomes of this configuration in a store that is open with another: keys that cannot change keep their value, and what they would be is pending.</summary>
    internal StoreConfiguration WhileOpenWith(StoreConfiguration open)
    {
        ConfiguredOptions options = Configured;
        List<ConfiguredValue> values = [];
        foreach ((ConfiguredValue wanted, ConfiguredValue old) in Values.Zip(open.Values))
        {
            bool isKept = !wanted.Key.CanChangeWhileOpen && !wanted.Value.Equals(old.Value);
            values.Add(isKept ? old with { Pending = wanted.Value } : wanted);
            if (isKept)
                options = wanted.Key.Write(options, old.Value);
        }

        return new StoreConfiguration(options, values);
    }

    private static StoreConfiguration Overlay(params ReadOnlySpan<(ConfigurationSource Source, IReadOnlyDictionary<ConfigurationKey, object> Values)> layers)
    {
        ConfiguredOptions options = ConfiguredOptions.Defaults;
        List<ConfiguredValue> values = [];
        foreach (ConfigurationKey key in ConfigurationKeys.All)
        {
            ConfiguredValue value = new(key, key.Default, ConfigurationSource.Default);
            foreach ((ConfigurationSource source, IReadOnlyDictionary<ConfigurationKey, object> layer) in layers)
            {
                if (layer.TryGetValue(key, out object? given))
                    value = new ConfiguredValue(key, given, source);
            }

            if (value.Source != ConfigurationSource.Default)
                options = key.Write(options, value.Value);
            values.Add(value);
        }

        return new StoreConfiguration(options, values);
    }
}
