namespace Persistence.Configuration;

/// <summary>Environment variables that override the file.</summary>
internal static class ConfigurationEnvironment
{
    public const string Prefix = "PERSISTENCE_";

    /// <summary>The values they set. A variable of no section of ours is somebody else's; one without content is not set, but for a key that takes it for an empty list.</summary>
    /// <exception cref="ConfigurationException">A value no key takes, or the name of a section with that of no key.</exception>
    public static IReadOnlyDictionary<ConfigurationKey, object> Read(IReadOnlyDictionary<string, string> variables)
    {
        Dictionary<ConfigurationKey, object> values = [];
        foreach ((string name, string text) in variables.OrderBy(variable => variable.Key, StringComparer.Ordinal))
        {
            if (Find(name, text.Length == 0) is ConfigurationKey key)
                values[key] = Parse(key, name, text);
        }

        return values;
    }

    private static ConfigurationKey? Find(string variable, bool isEmpty)
    {
        if (!variable.StartsWith(Prefix, StringComparison.Ordinal))
            return null;
        if (ConfigurationKeys.All.FirstOrDefault(key => key.EnvironmentVariable == variable) is ConfigurationKey known)
            return isEmpty ? null : known;
        bool isOurs = !isEmpty && ConfigurationKeys.Sections.Any(section => variable.StartsWith($"{Prefix}{section.ToUpperInvariant()}_", StringComparison.Ordinal));
        return isOurs ? throw Unknown(variable) : null;
    }

    private static ConfigurationException Unknown(string variable)
    {
        string nearest = NearestName.Find(variable, ConfigurationKeys.All.Select(key => key.EnvironmentVariable));
        return new ConfigurationException($"it names no key. Did you mean {nearest}?").Of(variable);
    }

    private static object Parse(ConfigurationKey key, string variable, string text)
    {
        try
        {
            return key.Parse(text.Trim());
        }
        catch (ConfigurationException e)
        {
            throw e.Of(variable);
        }
    }
}
