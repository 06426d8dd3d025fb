namespace Persistence.Storage.Simulated;

/// <summary>Replays what is kept of one file's or directory's changes.</summary>
internal sealed class ObjectBuilder
{
    private readonly PagedContent? _content;
    private readonly Dictionary<string, int> _names;
    private long _size;

    public ObjectBuilder(TraceNode node)
    {
        _content = node.Content?.Share();
        _size = node.Content?.Length ?? 0;
        _names = new Dictionary<string, int>(node.Names, StringComparer.Ordinal);
    }

    public void Apply(TraceOperation operation, MicroOperationKind kind)
    {
        switch (kind)
        {
            case MicroOperationKind.Data:
                _content!.Write(operation.Data, operation.Position);
                break;
            case MicroOperationKind.Size:
                ApplySize(operation);
                break;
            case MicroOperationKind.AddName:
                _names[operation.NewName.Length > 0 ? operation.NewName : operation.Name] = operation.Node;
                break;
            case MicroOperationKind.RemoveName:
                _names.Remove(operation.Name);
                break;
            default:
                _names.Remove(operation.Name);
                _names[operation.NewName] = operation.Node;
                break;
        }
    }

    public void ApplyTorn(TraceOperation operation, TornWrite torn)
    {
        if (torn.Garbage)
        {
            byte[] garbage = new byte[operation.Data.Length];
            for (int i = 0; i < garbage.Length; i++)
                garbage[i] = (byte)(operation.Data[i] ^ 0xA5 ^ i);
            _content!.Write(garbage, operation.Position);
        }

        foreach ((int start, int length) in torn.Kept)
            _content!.Write(operation.Data.AsSpan(start, length), operation.Position + start);
    }

    public ObjectState Finish()
    {
        if (_content is null)
            return new ObjectState(null, _names, HashNames());
        // Bytes beyond the size that made it are not there.
        _content.SetLength(_size);
        return new ObjectState(_content, _names, _content.ComputeHash());
    }

    private void ApplySize(TraceOperation operation)
    {
        if (operation.Kind == SimulatedChangeKind.Write)
        {
            _size = Math.Max(_size, operation.Position + operation.Data.Length);
        }
        else if (operation.Kind == SimulatedChangeKind.Allocate)
        {
            _size = Math.Max(_size, operation.Position);
        }
        else
        {
            _size = operation.Position;
            if (_content!.Length > _size)
                _content.SetLength(_size);
        }
    }

    private ulong HashNames()
    {
        ulong hash = 0;
        foreach (string name in _names.Keys)
            hash += Mixing.Hash(name);
        return hash;
    }
}
