namespace Persistence.Storage.Simulated;

/// <summary>One state of a disk after a power cut.</summary>
internal sealed class CrashState(DiskTrace trace, ObjectState[] states)
{
    /// <summary>Equal for equal disks, names and bytes, whatever led to them.</summary>
    public ulong Hash { get; } = HashDirectory(trace, states, 0);

    /// <summary>A disk in this state: everything durable, nothing open.</summary>
    public SimulatedFileSystem ToFileSystem(long capacityBytes = long.MaxValue)
    {
        Dictionary<int, SimulatedInode> files = [];
        long used = 0;
        SimulatedDirectory root = Build(0);
        return SimulatedFileSystem.FromImage(root, capacityBytes, used);

        SimulatedDirectory Build(int number)
        {
            Dictionary<string, SimulatedNode> names = new(states[number].Names.Count, StringComparer.Ordinal);
            foreach ((string name, int child) in states[number].Names)
                names.Add(name, trace.Nodes[child].Kind == FileEntryKind.Directory ? Build(child) : FileOf(child));
            return new SimulatedDirectory(names);
        }

        SimulatedInode FileOf(int number)
        {
            if (!files.TryGetValue(number, out SimulatedInode? file))
            {
                PagedContent content = states[number].Content!;
                file = new SimulatedInode(content.Share(), content.Share());
                files.Add(number, file);
                used += file.UsedBytes;
            }

            file.NameCount++;
            return file;
        }
    }

    private static ulong HashDirectory(DiskTrace trace, ObjectState[] states, int number)
    {
        ulong hash = states[number].Hash;
        foreach ((string name, int child) in states[number].Names)
        {
            ulong content = trace.Nodes[child].Kind == FileEntryKind.Directory ? HashDirectory(trace, states, child) : states[child].Hash;
            hash += Mixing.Mix(Mixing.Hash(name), content);
        }

        return hash;
    }
}
