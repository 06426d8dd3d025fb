using Persistence.CrashKit.Entities.Model;
using Persistence.CrashKit.Entities.Work;
using Persistence.CrashKit.Oracle;
using Persistence.CrashKit.Worker;
using Persistence.Entities;
using Persistence.State;
using Persistence.Storage.Simulated;

namespace Persistence.CrashKit.Simulation;

/// <summary>What one writer did in a simulated run, when, and what it may have left. At most 64 operations.</summary>
internal sealed class WriterHistory
{
    public const int OperationsMax = 64;

    private readonly int _writer;
    private readonly Dictionary<string, ulong> _items;
    private readonly WriterModel _entities;
    private readonly List<Possibility> _possible = [];

    public WriterHistory(int writer, IReadOnlyList<PlannedOperation> operations, FoundContents before, EntityWriter? entities = null)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(operations.Count, OperationsMax);
        _writer = writer;
        Operations = operations;
        Begun = Never(operations.Count);
        Returned = Never(operations.Count);
        Promised = Never(operations.Count);
        Committed = new CommitResult?[operations.Count];
        Created = new IReadOnlyList<EntityId>?[operations.Count];
        Logged = new IReadOnlyList<(EntityRecordKind Kind, EntityId Entity)>?[operations.Count];
        _entities = entities?.Model ?? new WriterModel(writer);
        Entities = entities ?? new EntityWriter(_entities, new GivenIds());
        _items = before.Items!.Where(item => FoundContents.OwnerOf(item.Key) == writer).ToDictionary(StringComparer.Ordinal);
        Before = before.Own.ElementAtOrDefault(writer);
    }

    public IReadOnlyList<PlannedOperation> Operations { get; }

    /// <summary>The stamp at which each operation was begun.</summary>
    public long[] Begun { get; }

    /// <summary>The stamp at which each came back without an error.</summary>
    public long[] Returned { get; }

    /// <summary>The stamp from which on it may not be lost.</summary>
    public long[] Promised { get; }

    /// <summary>Where each is in the log; null for one that did not come back, or logs nothing of its own.</summary>
    public CommitResult?[] Committed { get; }

    /// <summary>The ids that were given out for each one's own entities; null for one that has none, or did not come so far.</summary>
    public IReadOnlyList<EntityId>?[] Created { get; }

    /// <summary>The records of entities that each has made; null where there are none.</summary>
    public IReadOnlyList<(EntityRecordKind Kind, EntityId Entity)>?[] Logged { get; }

    /// <summary>What the writer believes of its own entities while it works.</summary>
    public EntityWriter Entities { get; }

    /// <summary>Operations that failed, and of which nobody knows whether they happened.</summary>
    public ulong Unknown { get; private set; }

    /// <summary>The digest of the writer's own items when the run began.</summary>
    public ulong Before { get; }

    /// <summary>What the writer may have left: after each number of operations, with and without each that failed.</summary>
    public IReadOnlyList<Possibility> Possible => _possible;

    /// <summary>Operations that failed and did not happen.</summary>
    public ulong Refused { get; private set; }

    public void Fail(int operation, bool isUnknown)
    {
        Unknown |= isUnknown ? 1UL << operation : 0;
        Refused |= isUnknown ? 0 : 1UL << operation;
    }

    public void Restore(ulong unknown, ulong refused) => (Unknown, Refused) = (unknown, refused);

    /// <summary>Works out <see cref="Possible"/>, once the run is over.</summary>
    public void Complete()
    {
        _possible.Clear();
        Explore(new Dictionary<string, ulong>(_items, StringComparer.Ordinal), Before - _entities.Digest, _entities, 0, 0);
    }

    /// <summary>The operations that must be there at a cut.</summary>
    public ulong PromisedBefore(long cut) => MaskOf(Promised, cut);

    /// <summary>The operations that came back before a stamp.</summary>
    public ulong ReturnedBefore(long stamp) => MaskOf(Returned, stamp);

    /// <summary>How many were begun before a cut.</summary>
    public int BegunBefore(long cut)
    {
        int count = 0;
        while (count < Begun.Length && Begun[count] < cut)
            count++;
        return count;
    }

    private static long[] Never(int count)
    {
        long[] stamps = new long[count];
        Array.Fill(stamps, long.MaxValue);
        return stamps;
    }

    private static ulong MaskOf(long[] stamps, long before)
    {
        ulong mask = 0;
        for (int i = 0; i < stamps.Length; i++)
            mask |= stamps[i] < before ? 1UL << i : 0;
        return mask;
    }

    private void Explore(Dictionary<string, ulong> items, ulong digest, WriterModel entities, int operation, ulong happened)
    {
        ulong entityDigest = entities.Digest;
        _possible.Add(new Possibility(operation, happened, digest + entityDigest, entityDigest) { Entities = entities });
        if (operation == Operations.Count)
            return;
        if (((Unknown | Refused) & (1UL << operation)) != 0)
            Explore(new Dictionary<string, ulong>(items, StringComparer.Ordinal), digest, entities, operation + 1, happened);
        if ((Refused & (1UL << operation)) != 0 || Apply(entities, operation) is not WriterModel next)
            return;
        foreach (KeyWrite write in Operations[operation].Writes)
        {
            if (FoundContents.OwnerOf(write.Key) != _writer)
                continue;
            if (items.Remove(write.Key, out ulong gone))
                digest -= FoundContents.Digest(write.Key, gone);
            if (write.Value is null)
                continue;
            ulong value = Mixing.Hash(ValueText.Encode(write.Value));
            items.Add(write.Key, value);
            digest += FoundContents.Digest(write.Key, value);
        }

        Explore(items, digest, next, operation + 1, happened | (1UL << operation));
    }

    /// <summary>What there is of the writer's own entities after an operation.</summary>
    /// <returns>Null where it had failed before it could have happened.</returns>
    private WriterModel? Apply(WriterModel before, int operation)
    {
        PlannedOperation done = Operations[operation];
        if (done.Entities is null || done.Kind == OperationKind.Rollback)
            return before;
        EntityPlan plan = EntityPlanner.Plan(done.Entities, before);
        bool hasIds = Created[operation] is IReadOnlyList<EntityId> ids && ids.Count >= plan.CountIds(before);
        return hasIds ? ModelChanges.Apply(before, plan, Created[operation]!) : null;
    }

    /// <summary>One thing the writer may have left.</summary>
    /// <param name="Count">After so many operations,</param>
    /// <param name="Happened">of which these happened,</param>
    /// <param name="Digest">its own items add up to this,</param>
    /// <param name="EntityDigest">and what there is of its own entities and tables to this.</param>
    internal readonly record struct Possibility(int Count, ulong Happened, ulong Digest, ulong EntityDigest)
    {
        /// <summary>These.</summary>
        public required WriterModel Entities { get; init; }
    }
}
