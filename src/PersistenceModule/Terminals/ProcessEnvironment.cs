using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace PersistenceModule;

/// <summary>The environment of this process as it is whenever somebody looks: programs inherit what the user has set since the store was opened.</summary>
internal sealed class ProcessEnvironment : IReadOnlyDictionary<string, string>
{
    public int Count => Read().Count;

    public IEnumerable<string> Keys => Read().Keys;

    public IEnumerable<string> Values => Read().Values;

    public string this[string key] => TryGetValue(key, out string? value) ? value : throw new KeyNotFoundException();

    public bool ContainsKey(string key) => TryGetValue(key, out _);

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out string value)
    {
        value = Environment.GetEnvironmentVariable(key);
        return value is not null;
    }

    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => Read().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static Dictionary<string, string> Read() =>
        Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().ToDictionary(static variable => (string)variable.Key, static variable => (string?)variable.Value ?? "");
}
