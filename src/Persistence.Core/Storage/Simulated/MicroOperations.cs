namespace Persistence.Storage.Simulated;

/// <summary>Takes the operations of a trace apart, and finds out from when on each part is durable.</summary>
internal static class MicroOperations
{
    /// <summary>All parts, in the order in which they take effect.</summary>
    public static IEnumerable<MicroOperation> Split(DiskTrace trace, CrashProfile profile)
    {
        List<(long Enter, long Exit, int Subject, bool OfNames)> barriers = [];
        foreach (TraceOperation operation in trace.Operations)
        {
            if (operation.Kind is SimulatedChangeKind.Sync or SimulatedChangeKind.SyncData or SimulatedChangeKind.SyncDirectory)
                barriers.Add((operation.Enter, operation.Exit, operation.Subject, operation.Kind == SimulatedChangeKind.SyncDirectory));
        }

        if (profile.LostSyncs > 0)
            barriers.RemoveRange(Math.Max(0, barriers.Count - profile.LostSyncs), Math.Min(profile.LostSyncs, barriers.Count));
        for (int i = 0; i < trace.Operations.Count; i++)
        {
            foreach ((MicroOperationKind kind, int subject) in Parts(trace.Operations[i], profile))
                yield return new MicroOperation(i, kind, subject, DurableAt(trace.Operations[i], kind, subject));
        }

        long DurableAt(TraceOperation operation, MicroOperationKind kind, int subject)
        {
            bool isName = kind is not (MicroOperationKind.Data or MicroOperationKind.Size);
            foreach ((long enter, long exit, int synced, bool ofNames) in barriers)
            {
                bool covers = (synced == subject && ofNames == isName) || (profile.SyncCommitsMetadata && kind != MicroOperationKind.Data);
                if (covers && enter > operation.Exit)
                    return exit;
            }

            return long.MaxValue;
        }
    }

    private static IEnumerable<(MicroOperationKind Kind, int Subject)> Parts(TraceOperation operation, CrashProfile profile)
    {
        switch (operation.Kind)
        {
            case SimulatedChangeKind.CreateFile or SimulatedChangeKind.CreateDirectory:
                yield return (MicroOperationKind.AddName, operation.Subject);
                break;
            case SimulatedChangeKind.Link:
                yield return (MicroOperationKind.AddName, operation.TargetDirectory);
                break;
            case SimulatedChangeKind.Delete:
                yield return (MicroOperationKind.RemoveName, operation.Subject);
                break;
            case SimulatedChangeKind.Rename when operation.Subject == operation.TargetDirectory:
                yield return (MicroOperationKind.RenameName, operation.Subject);
                break;
            case SimulatedChangeKind.Rename:
                yield return (MicroOperationKind.AddName, operation.TargetDirectory);
                yield return (MicroOperationKind.RemoveName, operation.Subject);
                break;
            case SimulatedChangeKind.Write:
                if (operation.Position + operation.Data.Length > operation.SizeBefore)
                    yield return (MicroOperationKind.Size, operation.Subject);
                yield return (MicroOperationKind.Data, operation.Subject);
                break;
            case SimulatedChangeKind.SetLength or SimulatedChangeKind.Allocate:
                yield return (MicroOperationKind.Size, operation.Subject);
                break;
            default:
                break;
        }
    }
}
