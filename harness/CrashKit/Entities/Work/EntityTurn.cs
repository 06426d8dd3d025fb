using Persistence.CrashKit.Entities.Model;
using Persistence.CrashKit.Oracle;
using Persistence.CrashKit.Worker;
using Persistence.Entities;

namespace Persistence.CrashKit.Entities.Work;

/// <summary>One operation of one writer on its way into a store.</summary>
internal sealed class EntityTurn
{
    private readonly List<EntityId> _created = [];
    private readonly GivenIds _given;

    public EntityTurn(PlannedOperation operation, WriterModel before, GivenIds given)
    {
        Operation = operation;
        Before = before;
        _given = given;
        Plan = EntityPlanner.Plan(operation.Entities!, before);
    }

    public PlannedOperation Operation { get; }

    /// <summary>What there was of the writer's own.</summary>
    public WriterModel Before { get; }

    /// <summary>What the operation comes to.</summary>
    public EntityPlan Plan { get; }

    /// <summary>Whether anything of it counts once it is committed.</summary>
    public bool Counts => Operation.Kind != OperationKind.Rollback;

    /// <summary>The ids that were given out for its own entities, in their order.</summary>
    public IReadOnlyList<EntityId> Created => _created;

    /// <summary>The records it has made, in their order.</summary>
    public List<(EntityRecordKind Kind, EntityId Entity)> Logged { get; } = [];

    /// <summary>Called once, when everything of it is known and nothing is committed yet.</summary>
    public Action Announce { get; set; } = static () => { };

    /// <summary>What there is of the writer's own after it. All ids were given out.</summary>
    public WriterModel After => Counts ? ModelChanges.Apply(Before, Plan, _created) : Before;

    /// <summary>Takes an id that was given out for an entity of its own.</summary>
    /// <exception cref="ContradictionException">Another entity has, or had, it.</exception>
    public EntityId Take(EntityId id)
    {
        _given.RequireNew(id);
        _created.Add(id);
        return id;
    }

    /// <summary>It was committed, or rolled back: then its ids are as good as new.</summary>
    public void NoteEnded()
    {
        if (Counts)
            _given.AddAll(_created);
    }

    /// <summary>What it changes, as it is said to the controller.</summary>
    public IEnumerable<KeyWrite> DescribeEffects()
    {
        Dictionary<string, string> before = new(Before.Items, StringComparer.Ordinal);
        foreach ((string key, string text) in After.Items)
        {
            if (!before.Remove(key, out string? was) || was != text)
                yield return new KeyWrite(key, text);
        }

        foreach (string gone in before.Keys)
            yield return new KeyWrite(gone, null);
    }
}
