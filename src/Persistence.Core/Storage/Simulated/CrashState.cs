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
    public SimulatedFileSystem ToFileSystem(long capacityBytes = long.MaxValue)
    {
        SimulatedInode?[] files = new SimulatedInode?[_objects.Length];
        long used = 0;
        SimulatedDirectory root = Build(0);
        return SimulatedFileSystem.FromImage(root, capacityBytes, used);

        SimulatedDirectory Build(int number)
        {
            Dictionary<string, SimulatedNode> names = new(_objects[number].Names.Count, StringComparer.Ordinal);
            foreach ((string name, int child) in _objects[number].Names)
                names.Add(name, _objects[child].Content is null ? Build(child) : FileOf(child));
            return new SimulatedDirectory(names);
        }

        SimulatedInode FileOf(int number)
        {
            SimulatedInode? file = files[number];
            if (file is null)
            {
                PagedContent content = _objects[number].Content!;
                files[number] = file = new SimulatedInode(content.Share(), content.Share());
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
