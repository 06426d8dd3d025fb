namespace Persistence.Storage.Simulated;

/// <summary>A directory: its names as processes see them and as they are on the medium.</summary>
internal sealed class SimulatedDirectory : SimulatedNode
{
    private Dictionary<string, SimulatedNode> names;
    private Dictionary<string, SimulatedNode> durableNames;
    private HashSet<string>? forgotten;

    public SimulatedDirectory()
        : this(new Dictionary<string, SimulatedNode>(StringComparer.Ordinal))
    {
    }

    /// <summary>A directory whose names are all durable.</summary>
    public SimulatedDirectory(Dictionary<string, SimulatedNode> names) => this.names = durableNames = names;

    public override FileEntryKind Kind => FileEntryKind.Directory;

    public IReadOnlyDictionary<string, SimulatedNode> Names => names;

    public IReadOnlyDictionary<string, SimulatedNode> DurableNames => durableNames;

    public SimulatedNode? Find(string name) => names.GetValueOrDefault(name);

    public void Set(string name, SimulatedNode node)
    {
        OwnNames();
        forgotten?.Remove(name);
        names[name] = node;
    }

    public void Remove(string name)
    {
        OwnNames();
        forgotten?.Remove(name);
        names.Remove(name);
    }

    public void Sync()
    {
        if (forgotten is { Count: > 0 })
            durableNames = WithoutForgotten(forgotten);
        else
            durableNames = names;
    }

    /// <summary>What was made or removed since the last sync is not made durable by the next one, unless it is made or removed again.</summary>
    public void ForgetChanges()
    {
        forgotten ??= new HashSet<string>(StringComparer.Ordinal);
        foreach (string name in names.Keys.Union(durableNames.Keys))
        {
            if (!ReferenceEquals(names.GetValueOrDefault(name), durableNames.GetValueOrDefault(name)))
                forgotten.Add(name);
        }
    }

    private Dictionary<string, SimulatedNode> WithoutForgotten(HashSet<string> left)
    {
        Dictionary<string, SimulatedNode> synced = new(names, StringComparer.Ordinal);
        foreach (string name in left)
        {
            if (durableNames.TryGetValue(name, out SimulatedNode? durable))
                synced[name] = durable;
            else
                synced.Remove(name);
        }

        return synced;
    }

    // Right after a sync both are one dictionary; the first change parts them.
    private void OwnNames()
    {
        if (ReferenceEquals(names, durableNames))
            names = new Dictionary<string, SimulatedNode>(names, StringComparer.Ordinal);
    }
}
