namespace Persistence.Storage.Simulated;

/// <summary>Takes the operations of a trace apart, and finds out from when on each part is durable.</summary>
internal sealed class MicroOperations
{
    private readonly DiskTrace _trace;
    private readonly CrashProfile _profile;
    private readonly List<Barrier> _barriers = [];
    private readonly long[] _exits;

    private MicroOperations(DiskTrace trace, CrashProfile profile)
    {
        _trace = trace;
        _profile = profile;
        for (int i = 0; i < trace.Operations.Count; i++)
        {
            TraceOperation operation = trace.Operations[i];
            if (operation.IsBarrier)
                _barriers.Add(new Barrier(i, operation.Enter, operation.Exit, operation.Subject, operation.Kind, trace.Nodes[operation.Subject].Kind == FileEntryKind.Directory));
        }

        _barriers.Sort((left, right) => left.Exit.CompareTo(right.Exit));
        _exits = [.. _barriers.Where(barrier => barrier.Succeeded).Select(barrier => barrier.Exit)];
    }

    /// <summary>All parts, in the order in which they take effect.</summary>
    public static MicroOperation[] Split(DiskTrace trace, CrashProfile profile)
    {
        MicroOperations split = new(trace, profile);
        List<MicroOperation> parts = [];
        for (int i = 0; i < trace.Operations.Count; i++)
        {
            foreach ((MicroOperationKind kind, int subject) in Parts(trace.Operations[i]))
                parts.Add(split.Make(i, kind, subject));
        }

        return [.. parts];
    }

    private MicroOperation Make(int number, MicroOperationKind kind, int subject)
    {
        TraceOperation operation = _trace.Operations[number];
        bool isName = kind is not (MicroOperationKind.Data or MicroOperationKind.Size);
        bool inOrder = isName || (kind == MicroOperationKind.Size && !(_profile.DelaysAllocation && operation.Kind == DiskChangeKind.Write));
        long durableAt = long.MaxValue;
        long goneAt = long.MaxValue;
        foreach (Barrier barrier in _barriers)
        {
            bool isOwn = barrier.Subject == subject && barrier.OfNames == isName;
            // What had taken effect when a sync failed is lost with it, returned or not.
            if (isOwn && !barrier.Succeeded && barrier.Operation > number)
            {
                goneAt = barrier.Kind == DiskChangeKind.RevertedSync ? barrier.Exit : long.MaxValue;
                break;
            }

            if (barrier.Succeeded && barrier.Enter >= operation.Exit && (isOwn || (_profile.SyncCommitsMetadata && inOrder)))
            {
                durableAt = Believed(barrier.Exit);
                break;
            }
        }

        return new MicroOperation(number, kind, subject, inOrder, durableAt, goneAt);
    }

    /// <summary>When a sync that returned at <paramref name="exit"/> has done something: at once, or, on a disk that lies, when so many others have returned.</summary>
    private long Believed(long exit)
    {
        if (_profile.LostSyncs == 0)
            return exit;
        int later = Array.BinarySearch(_exits, exit) + _profile.LostSyncs;
        return later < _exits.Length ? _exits[later] : long.MaxValue;
    }

    private static IEnumerable<(MicroOperationKind Kind, int Subject)> Parts(TraceOperation operation)
    {
        switch (operation.Kind)
        {
            case DiskChangeKind.CreateFile or DiskChangeKind.CreateDirectory:
                yield return (MicroOperationKind.AddName, operation.Subject);
                break;
            case DiskChangeKind.Link:
                yield return (MicroOperationKind.AddName, operation.TargetDirectory);
                break;
            case DiskChangeKind.Delete:
                yield return (MicroOperationKind.RemoveName, operation.Subject);
                break;
            case DiskChangeKind.Rename when operation.Subject == operation.TargetDirectory:
                yield return (MicroOperationKind.RenameName, operation.Subject);
                break;
            case DiskChangeKind.Rename:
                yield return (MicroOperationKind.AddName, operation.TargetDirectory);
                yield return (MicroOperationKind.RemoveName, operation.Subject);
                break;
            case DiskChangeKind.Write:
                if (operation.Position + operation.Data.Length > operation.SizeBefore)
                    yield return (MicroOperationKind.Size, operation.Subject);
                yield return (MicroOperationKind.Data, operation.Subject);
                break;
            case DiskChangeKind.SetLength or DiskChangeKind.Allocate:
                yield return (MicroOperationKind.Size, operation.Subject);
                break;
            default:
                break;
        }
    }

    private readonly record struct Barrier(int Operation, long Enter, long Exit, int Subject, DiskChangeKind Kind, bool OfNames)
    {
        public bool Succeeded => Kind is DiskChangeKind.Sync or DiskChangeKind.SyncData or DiskChangeKind.SyncDirectory;
    }
}
