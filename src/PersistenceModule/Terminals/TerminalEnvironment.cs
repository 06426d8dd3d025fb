using System.Collections;
using System.Management.Automation;
using System.Security;
using Persistence.Diagnostics;
using Persistence.Terminals;

namespace PersistenceModule;

/// <summary>What users give as -Environment.</summary>
internal static class TerminalEnvironment
{
    /// <summary>What it says, values that look like secrets apart.</summary>
    /// <param name="given">Names and values; null as a value removes what is inherited. Null: nothing is said.</param>
    /// <param name="store">Whose configuration says what a secret looks like.</param>
    /// <param name="persistsSecrets">Whether their values are kept like any other.</param>
    /// <exception cref="StoreException">ValueNotSupported.</exception>
    /// <exception cref="ArgumentException">A name or a value that cannot be.</exception>
    public static SecretVariables Read(IDictionary? given, WalStore store, bool persistsSecrets) =>
        SecretVariables.Separate(Pairs(given), persistsSecrets ? [] : store.Engine.Options.TerminalSecretPatterns);

    /// <summary>Entries with others over them.</summary>
    public static IReadOnlyList<EnvironmentEntry> Merge(IEnumerable<EnvironmentEntry> before, IReadOnlyList<EnvironmentEntry> changes, IEnumerable<string> removed)
    {
        HashSet<string> replaced = new(changes.Select(static change => change.Name).Concat(removed), Names);
        return before.Where(entry => !replaced.Contains(entry.Name)).Concat(changes).ToArray();
    }

    /// <summary>Dictionaries of text that users give: a value of null stays null.</summary>
    public static IEnumerable<KeyValuePair<string, string?>> Pairs(IDictionary? given)
    {
        foreach (DictionaryEntry entry in given ?? new Hashtable())
            yield return new(ToText(entry.Key, "A name"), Unwrap(entry.Value) is object value ? ToText(value, $"The value of '{entry.Key}'") : null);
    }

    private static StringComparer Names => OperatingSystem.IsWindows() ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal;

    private static string ToText(object value, string what) => Unwrap(value) is SecureString or PSCredential
        ? throw new StoreException(StoreError.ValueNotSupported, $"{what} is a {Unwrap(value)!.GetType().Name}; it has to be text.")
        : LanguagePrimitives.ConvertTo<string>(value);

    private static object? Unwrap(object? value) => value is PSObject wrapped ? wrapped.BaseObject : value;
}
