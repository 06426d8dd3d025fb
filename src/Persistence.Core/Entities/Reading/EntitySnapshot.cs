using Persistence.Diagnostics;
using Persistence.State;

namespace Persistence.Entities;

/// <summary>The entities as a snapshot of the store shows them.</summary>
/// <remarks>Every member throws <see cref="ObjectDisposedException"/> once the snapshot is closed, and <see cref="ArgumentException"/> once the state is another store's.</remarks>
public sealed class EntitySnapshot : EntityReader
{
    private readonly EntityState _state;
    private readonly Snapshot _snapshot;

    internal EntitySnapshot(EntityState state, Snapshot snapshot)
    {
        _state = state;
        _snapshot = snapshot;
    }

    /// <inheritdoc/>
    public override EntitySchema Schema => _state.SchemaAt(OpenLsn);

    /// <inheritdoc/>
    public override int Count => _state.CountAt(OpenLsn);

    private Lsn OpenLsn => _state.LsnOf(_snapshot);

    /// <inheritdoc/>
    public override int CountOf(string table) => _state.CountOfAt(table, OpenLsn);

    /// <inheritdoc/>
    public override bool Exists(EntityId entity) => _state.ExistsAt(entity, OpenLsn);

    /// <inheritdoc/>
    public override Component? FindComponent(EntityId entity, string table) => _state.FindComponentAt(entity, table, OpenLsn);

    internal override Entity? FindSelected(EntityId entity, EntitySelection selection) => _state.FindAt(entity, selection, OpenLsn);

    internal override IEnumerable<Entity> Select(Func<EntitySchema, EntitySelection> select) => _state.SelectAt(select, _snapshot);

    private protected override StoreException NotThere(EntityId entity) => _state.NotThereAt(entity, OpenLsn);
}
