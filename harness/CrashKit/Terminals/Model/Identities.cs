using System.Globalization;

namespace Persistence.CrashKit.Terminals.Model;

/// <summary>Which number of the host's is which of the harness', as far as the host has told. A number of the host's is used once in a store's life.</summary>
internal sealed class Identities
{
    private readonly Dictionary<int, long> _ids = [];
    private readonly Dictionary<long, int> _keys = [];

    private long _greatest;
    private long _certain;

    public long? Find(int key) => _ids.TryGetValue(key, out long id) ? id : null;

    /// <summary>The harness' number; 0 when it is not known.</summary>
    public int FindKey(long id) => _keys.GetValueOrDefault(id);

    /// <summary>The host has told.</summary>
    /// <returns>False when that number is another one's already, or lower than one that was given out.</returns>
    public bool TryLearn(int key, long id)
    {
        if (_ids.TryGetValue(key, out long known))
            return known == id;
        if (id <= _greatest)
            return false;
        _ids.Add(key, id);
        _keys.Add(id, key);
        _greatest = id;
        return true;
    }

    /// <summary>All that were told are given out for ever.</summary>
    public void Promise() => _certain = _greatest;

    /// <summary>Those that are left were found; others that were told and not promised may be told again.</summary>
    /// <param name="left">The harness' numbers of what is left.</param>
    public void Settle(IEnumerable<int> left)
    {
        _certain = left.Select(key => _ids[key]).Append(_certain).Max();
        foreach (long gone in _keys.Keys.Where(id => id > _certain).ToArray())
        {
            _ids.Remove(_keys[gone]);
            _keys.Remove(gone);
        }

        _greatest = _certain;
    }

    /// <summary>What it is called in words: the host's number, or that it is not known.</summary>
    public string NameOf(int key) => key == 0 ? "0" : Find(key) is long id ? id.ToString(CultureInfo.InvariantCulture) : $"(no number yet, {key})";
}
