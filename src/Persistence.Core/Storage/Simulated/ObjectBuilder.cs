namespace Persistence.Storage.Simulated;

/// <summary>Replays what is kept of one file's or directory's changes.</summary>
internal sealed class ObjectBuilder
{
    private const int GarbagePeriod = 256;

    /// <summary>What stands at a position follows from its last byte.</summary>
    private static readonly byte[] Garbage = [.. Enumerable.Range(0, 4 * Page.Size).Select(static at => (byte)(0xA5 ^ (at * 31)))];

    private readonly PagedContent? _content;
    private readonly Dictionary<string, int> _names;
    private readonly bool _showsStaleBytes;
    private long _size;

    public ObjectBuilder(TraceNode node, bool showsStaleBytes)
    {
        _content = node.Content?.Share();
        _size = node.Content?.Length ?? 0;
        _names = new Dictionary<string, int>(node.Names, StringComparer.Ordinal);
        _showsStaleBytes = showsStaleBytes;
    }

    public void Apply(TraceOperation operation, MicroOperationKind kind)
    {
        switch (kind)
        {
            case MicroOperationKind.Data:
                _content!.Write(operation.Data.Span, operation.Position);
                break;
            case MicroOperationKind.Size:
                ApplySize(operation);
                break;
            case MicroOperationKind.AddName:
                _names[operation.NewName.Length > 0 ? operation.NewName : operation.Name] = operation.Node;
                break;
            case MicroOperationKind.RemoveName:
                RemoveName(operation);
                break;
            default:
                RemoveName(operation);
                _names[operation.NewName] = operation.Node;
                break;
        }
    }

    public void ApplyTorn(TraceOperation operation, TornWrite torn)
    {
        long end = operation.Position + operation.Data.Length;
        if (torn.Garbage)
            WriteGarbage(operation.Position, operation.Data.Length);
        WriteGarbage(operation.Position - torn.Spoiled.Before, torn.Spoiled.Before);
        WriteGarbage(end, (int)Math.Clamp(_content!.Length - end, 0, torn.Spoiled.After));
        foreach ((int start, int length) in torn.Kept)
            _content.Write(operation.Data.Span.Slice(start, length), operation.Position + start);
    }

    public ObjectState Finish()
    {
        if (_content is null)
            return new ObjectState(null, _names, 0);
        // Bytes beyond the size that made it are not there.
        _content.SetLength(_size);
        return new ObjectState(_content, _names, _content.ComputeHash());
    }

    // The name may stand for another file by now, if the removal comes late.
    private void RemoveName(TraceOperation operation)
    {
        if (_names.TryGetValue(operation.Name, out int node) && node == operation.Node)
            _names.Remove(operation.Name);
    }

    private void ApplySize(TraceOperation operation)
    {
        switch (operation.Kind)
        {
            case DiskChangeKind.Write:
                Extend(operation.Position + operation.Data.Length);
                break;
            case DiskChangeKind.Allocate:
                _size = Math.Max(_size, operation.Position);
                break;
            default:
                _size = operation.Position;
                if (_content!.Length > _size)
                    _content.SetLength(_size);
                break;
        }
    }

    private void Extend(long end)
    {
        if (end <= _size)
            return;
        if (_showsStaleBytes)
            WriteGarbage(Math.Max(_size, _content!.Length), (int)(end - Math.Max(_size, _content.Length)));
        _size = end;
    }

    private void WriteGarbage(long position, int length)
    {
        for (int done = 0; done < length;)
        {
            int start = (int)((position + done) % GarbagePeriod);
            ReadOnlySpan<byte> part = Garbage.AsSpan(start, Math.Min(length - done, Garbage.Length - start));
            _content!.Write(part, position + done);
            done += part.Length;
        }
    }
}
