using Persistence.CrashKit.Entities.Model;
using Persistence.Entities;

namespace Persistence.CrashKit.Entities.Work;

/// <summary>The ids that entities of a store are known to have had: none of them may be given out again. Thread-safe.</summary>
internal sealed class GivenIds
{
    private readonly object _lock = new();
    private readonly HashSet<EntityId> _given = [];

    /// <summary>Those that a store's ledgers have.</summary>
    public void AddAll(WriterModel model)
    {
        lock (_lock)
            _given.UnionWith(model.Ledger.Entries.Select(static entry => entry.Id));
    }

    /// <summary>Those that were given out for an operation that is committed.</summary>
    public void AddAll(IEnumerable<EntityId> ids)
    {
        lock (_lock)
            _given.UnionWith(ids);
    }

    /// <summary>Makes sure that an id which is given out for an entity is none of them.</summary>
    /// <exception cref="ContradictionException">It is one.</exception>
    public void RequireNew(EntityId id)
    {
        lock (_lock)
        {
            if (_given.Contains(id))
                throw new ContradictionException($"the id {id} was given out twice");
        }
    }
}
