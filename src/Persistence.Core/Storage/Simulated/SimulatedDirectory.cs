namespace Persistence.Storage.Simulated;

/// <summary>A directory: its names as processes see them and as they are on the medium.</summary>
internal sealed class SimulatedDirectory : SimulatedNode
{
    private Dictionary<string, SimulatedNode> names;
    private Dictionary<string, SimulatedNode> durableNames;

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
        names[name] = node;
    }

    public void Remove(string name)
    {
        OwnNames();
        names.Remove(name);
    }

    public void Sync() => durableNames = names;

    // Right after a sync both are one dictionary; the first change parts them.
    private void OwnNames()
    {
        if (ReferenceEquals(names, durableNames))
            names = new Dictionary<string, SimulatedNode>(names, StringComparer.Ordinal);
    }
}
