namespace Persistence.Storage.Simulated;

/// <summary>Copies the tree of one crash image, sharing all content with the original. A file with several names stays one file.</summary>
internal sealed class CrashImageBuilder(CrashImageKind kind)
{
    private readonly Dictionary<SimulatedInode, SimulatedInode> copies = new(ReferenceEqualityComparer.Instance);

    private bool KeepsNames => kind is CrashImageKind.KeepEverything or CrashImageKind.KeepNamesOnly;

    private bool KeepsData => kind is CrashImageKind.KeepEverything or CrashImageKind.KeepDataOnly;

    /// <summary>The space held by what was copied.</summary>
    public long UsedBytes { get; private set; }

    public SimulatedDirectory Copy(SimulatedDirectory origin)
    {
        IReadOnlyDictionary<string, SimulatedNode> names = KeepsNames ? origin.Names : origin.DurableNames;
        Dictionary<string, SimulatedNode> copied = new(names.Count, StringComparer.Ordinal);
        foreach ((string name, SimulatedNode node) in names)
            copied.Add(name, node is SimulatedDirectory directory ? Copy(directory) : Copy((SimulatedInode)node));
        return new SimulatedDirectory(copied);
    }

    private SimulatedInode Copy(SimulatedInode origin)
    {
        if (!copies.TryGetValue(origin, out SimulatedInode? copy))
        {
            PagedContent content = KeepsData ? origin.Content : origin.Durable;
            copy = new SimulatedInode(content.Share(), content.Share());
            copies.Add(origin, copy);
            UsedBytes += copy.UsedBytes;
        }
        copy.NameCount++;
        return copy;
    }
}
