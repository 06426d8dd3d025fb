using Persistence.CrashKit.Oracle;

namespace Persistence.CrashKit.Worker;

/// <summary>How often each kind of operation comes, by workload: shares of whatever they add up to.</summary>
internal sealed class WorkloadMix
{
    private static readonly Dictionary<string, WorkloadMix> ByName = new(StringComparer.Ordinal)
    {
        ["keyvalue"] = new((OperationKind.Put, 55), (OperationKind.Delete, 15), (OperationKind.Batch, 26), (OperationKind.Rotate, 2), (OperationKind.Checkpoint, 2)),
        ["records"] = new((OperationKind.Record, 62), (OperationKind.Put, 18), (OperationKind.Batch, 14), (OperationKind.Rotate, 3), (OperationKind.Checkpoint, 3)),
        ["checkpoints"] = new((OperationKind.Put, 45), (OperationKind.Delete, 10), (OperationKind.Batch, 20), (OperationKind.Record, 8), (OperationKind.Rotate, 5), (OperationKind.Checkpoint, 12)),
        ["transactions"] = new((OperationKind.Transaction, 52), (OperationKind.Rollback, 8), (OperationKind.Put, 16), (OperationKind.Delete, 5), (OperationKind.Batch, 8), (OperationKind.Record, 3), (OperationKind.Rotate, 3), (OperationKind.Checkpoint, 5)) { FrameBytesMax = 4 << 10 },
        ["files"] = new((OperationKind.Transaction, 60), (OperationKind.Rollback, 8), (OperationKind.Put, 15), (OperationKind.Batch, 6), (OperationKind.Rotate, 4), (OperationKind.Checkpoint, 7)) { FrameBytesMax = 4 << 10, WritesFiles = true },
        ["mixed"] = new((OperationKind.Put, 36), (OperationKind.Delete, 10), (OperationKind.Batch, 16), (OperationKind.Record, 16), (OperationKind.Transaction, 11), (OperationKind.Rollback, 2), (OperationKind.Rotate, 3), (OperationKind.Checkpoint, 6)) { EntityShareOneIn = 4 },
        ["entities"] = new((OperationKind.Put, 20), (OperationKind.Delete, 12), (OperationKind.Batch, 18), (OperationKind.Transaction, 22), (OperationKind.Rollback, 6), (OperationKind.Schema, 9), (OperationKind.Record, 2), (OperationKind.Rotate, 3), (OperationKind.Checkpoint, 8)) { FrameBytesMax = 4 << 10, EntityShareOneIn = 1 },
    };

    private readonly (OperationKind Kind, int Share)[] _shares;
    private readonly int _total;

    private WorkloadMix(params (OperationKind Kind, int Share)[] shares)
    {
        _shares = shares;
        _total = shares.Sum(share => share.Share);
    }

    /// <summary>How large frames are: where transactions are large, smaller than these.</summary>
    public int FrameBytesMax { get; private init; } = 4 << 20;

    /// <summary>Of its operations that may as well be ones on entities, one in so many is; 0: none.</summary>
    public int EntityShareOneIn { get; private init; }

    /// <summary>Whether there are entities in its stores.</summary>
    public bool HasEntities => EntityShareOneIn > 0;

    /// <summary>Whether it does nothing to items.</summary>
    public bool IsOfEntities => EntityShareOneIn == 1;

    /// <summary>Whether its transactions write files.</summary>
    public bool WritesFiles { get; private init; }

    public static IEnumerable<string> Names => ByName.Keys;

    /// <summary>The mix of that name.</summary>
    /// <exception cref="ArgumentException">There is none; the message names those there are.</exception>
    public static WorkloadMix Require(string name) =>
        Find(name) ?? throw new ArgumentException($"There is no workload '{name}'. Known: {string.Join(", ", Names)}.");

    public static WorkloadMix? Find(string name) => ByName.GetValueOrDefault(name);

    public OperationKind Choose(Random random)
    {
        int at = random.Next(_total);
        foreach ((OperationKind kind, int share) in _shares)
        {
            at -= share;
            if (at < 0)
                return kind;
        }

        return _shares[0].Kind;
    }
}
