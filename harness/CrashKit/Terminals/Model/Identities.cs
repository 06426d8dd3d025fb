using System.Globalization;

namespace Persistence.CrashKit.Terminals.Model;

/// <summary>Which number of the host's is which of the harness', as far as the host has told. A number of the host's is used once in a store's life.</summary>
internal sealed class Identities
{
    private readonly Dictionary<int, long> _ids = [];
    private readonly Dictionary<long, int> _keys = [];

    /// <summary>The greatest number that was ever told.</summary>
    public long Greatest { get; private set; }

    public long? Find(int key) => _ids.TryGetValue(key, out long id) ? id : null;

    /// <summary>The harness' number; 0 when it is not known.</summary>
    public int FindKey(long id) => _keys.GetValueOrDefault(id);

    /// <summary>The host has told.</summary>
    /// <returns>False when that number is another one's already, or lower than one that was given out.</returns>
    public bool TryLearn(int key, long id)
    {
        if (_ids.TryGetValue(key, out long known))
            return known == id;
        if (id <= Greatest)
            return false;
        _ids.Add(key, id);
        _keys.Add(id, key);
        Greatest = id;
        return true;
    }

    /// <summary>What it is called in words: the host's number, or that it is not known.</summary>
    public string NameOf(int key) => key == 0 ? "0" : Find(key) is long id ? id.ToString(CultureInfo.InvariantCulture) : $"(no number yet, {key})";
}
