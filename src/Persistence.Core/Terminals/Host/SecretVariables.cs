using Persistence.Configuration;

namespace Persistence.Terminals;

/// <summary>Variables of an environment, those that look like secrets apart from what is kept of them.</summary>
/// <param name="Kept">What is kept: of a secret only its name.</param>
/// <param name="Secrets">The values of secrets, by name: for a host's memory alone.</param>
public sealed record SecretVariables(IReadOnlyList<EnvironmentEntry> Kept, IReadOnlyDictionary<string, string> Secrets)
{
    /// <summary>Tells secrets by their names.</summary>
    /// <param name="variables">The variables; null as a value for one that is to be removed from what is inherited.</param>
    /// <param name="patterns">Which names secrets have.</param>
    /// <exception cref="ArgumentException">A name or a value that cannot be.</exception>
    public static SecretVariables Separate(IEnumerable<KeyValuePair<string, string?>> variables, NamePatterns patterns)
    {
        ArgumentNullException.ThrowIfNull(variables);
        ArgumentNullException.ThrowIfNull(patterns);
        List<EnvironmentEntry> kept = [];
        Dictionary<string, string> secrets = new(StringComparer.Ordinal);
        foreach ((string name, string? value) in variables)
        {
            EnvironmentEntry entry = value is null ? EnvironmentEntry.Remove(name) : EnvironmentEntry.Set(name, value);
            bool isSecret = value is not null && patterns.IsMatch(name);
            kept.Add(isSecret ? EnvironmentEntry.Withhold(name) : entry);
            if (isSecret)
                secrets[name] = value!;
        }

        return new SecretVariables(kept, secrets);
    }
}
