namespace Persistence.Storage.Simulated;

/// <summary>One state of a disk after a power cut.</summary>
public sealed class CrashState
{
    private readonly ObjectState[] _objects;

    internal CrashState(ObjectState[] objects)
    {
        _objects = objects;
        Hash = HashDirectory(0);
    }

    /// <summary>Equal for equal disks, names and bytes, whatever led to them.</summary>
    public ulong Hash { get; }

    /// <summary>A disk in this state: everything durable, nothing open.</summary>
    /// <param name="capacityBytes">How many bytes of content fit.</param>
    public SimulatedFileSystem ToFileSystem(long capacityBytes = long.MaxValue) => Build(new SimulatedNode?[_objects.Length], capacityBytes);

    /// <summary>
    /// A disk in this state on which another process goes on after the one that made it was killed at <paramref name="cut"/>: what was pending
    /// is pending still. What is done to it is recorded behind what was done before.
    /// </summary>
    /// <param name="trace">What was done before.</param>
    /// <param name="cut">When the process was killed.</param>
    /// <param name="step">As <see cref="SimulatedFileSystem.StartRecording"/> has it.</param>
    public SimulatedFileSystem GoOn(DiskTrace trace, long cut, Action? step = null)
    {
        ArgumentNullException.ThrowIfNull(trace);
        SimulatedNode?[] nodes = new SimulatedNode?[_objects.Length];
        SimulatedFileSystem disk = Build(nodes, long.MaxValue);
        disk.ContinueRecording(new TraceRecorder(trace, cut, nodes, step));
        return disk;
    }

    private SimulatedFileSystem Build(SimulatedNode?[] nodes, long capacityBytes)
    {
        long used = 0;
        SimulatedDirectory root = Build(0);
        return SimulatedFileSystem.FromImage(root, capacityBytes, used);

        SimulatedDirectory Build(int number)
        {
            Dictionary<string, SimulatedNode> names = new(_objects[number].Names.Count, StringComparer.Ordinal);
            foreach ((string name, int child) in _objects[number].Names)
                names.Add(name, _objects[child].Content is null ? Build(child) : FileOf(child));
            SimulatedDirectory directory = new(names);
            nodes[number] = directory;
            return directory;
        }

        SimulatedInode FileOf(int number)
        {
            if (nodes[number] is not SimulatedInode file)
            {
                PagedContent content = _objects[number].Content!;
                nodes[number] = file = new SimulatedInode(content.Share(), content.Share());
                used += file.UsedBytes;
            }

            file.NameCount++;
            return file;
        }
    }

    private ulong HashDirectory(int number)
    {
        ulong hash = Mixing.Mix(0, (ulong)_objects[number].Names.Count);
        foreach ((string name, int child) in _objects[number].Names)
        {
            ObjectState state = _objects[child];
            hash += Mixing.Mix(Mixing.Hash(name), state.Content is null ? HashDirectory(child) : state.Hash);
        }

        return hash;
    }
}
