using Persistence.Diagnostics;
using Persistence.State;

namespace Persistence.Entities;

/// <summary>
/// The entities inside a transaction: as they were when the transaction began, with the transaction's own changes. Whatever is read must not have been changed by others when the transaction is committed, nor the schema; what is learned
/// from a change that is refused, or rolled back with a nested transaction, is read. One thread at a time.
/// </summary>
/// <remarks>Every member throws <see cref="StoreException"/>: TransactionAborted, NestedTransaction.</remarks>
public sealed class EntityTransaction : EntityReader, IEntityWriter
{
    private readonly ITransaction _transaction;
    private readonly EntityChanges _changes;

    internal EntityTransaction(ITransaction transaction, EntityChanges changes)
    {
        _transaction = transaction;
        _changes = changes;
    }

    /// <inheritdoc/>
    public override EntitySchema Schema => Active.Schema;

    /// <inheritdoc/>
    public override int Count => Active.Count;

    private EntityChanges Active
    {
        get
        {
            _transaction.RequireActive();
            return _changes;
        }
    }

    /// <inheritdoc/>
    public override int CountOf(string table) => Active.CountOf(Schema.Get(table));

    /// <inheritdoc/>
    public override bool Exists(EntityId entity) => Active.Exists(entity);

    /// <inheritdoc/>
    public override Component? FindComponent(EntityId entity, string table) => Active.FindComponent(entity, Schema.Get(table).Number);

    /// <inheritdoc/>
    public EntityId Create(params ComponentData[] components)
    {
        ArgumentNullException.ThrowIfNull(components);
        _transaction.RequireActive();
        EntityId entity = _changes.Ids.Next();
        try
        {
            Change(EntityRecordKind.EntityCreated, () => EntityCommands.Create(_transaction.Commands, Schema, entity, components));
        }
        catch
        {
            _changes.Ids.TakeBack(entity);
            throw;
        }

        return entity;
    }

    /// <inheritdoc/>
    public void Delete(EntityId entity) => Change(EntityRecordKind.EntityDeleted, () => EntityCommands.Delete(_transaction.Commands, entity));

    /// <inheritdoc/>
    public void Add(EntityId entity, ComponentData component) => Put(EntityRecordKind.ComponentAdded, entity, component);

    /// <inheritdoc/>
    public void Set(EntityId entity, ComponentData component) => Put(EntityRecordKind.ComponentSet, entity, component);

    /// <inheritdoc/>
    public void Change(EntityId entity, ComponentData component) => Put(EntityRecordKind.ComponentChanged, entity, component);

    /// <inheritdoc/>
    public void Remove(EntityId entity, string table) => Change(EntityRecordKind.ComponentRemoved, () => EntityCommands.Remove(_transaction.Commands, entity, Schema.Get(table).Number));

    internal override Entity? FindSelected(EntityId entity, EntitySelection selection) => Active.Find(entity, selection);

    internal override IEnumerable<Entity> Select(Func<EntitySchema, EntitySelection> select)
    {
        foreach (Entity entity in Active.Select(select(Schema)))
        {
            yield return entity;
            _transaction.RequireActive();
        }
    }

    private protected override StoreException NotThere(EntityId entity) => _changes.NotThere(entity);

    private void Put(EntityRecordKind kind, EntityId entity, ComponentData component) => Change(kind, () => EntityCommands.Put(_transaction.Commands, kind, Schema, entity, component));

    private void Change(EntityRecordKind kind, Action addCommand)
    {
        _transaction.RequireActive();
        CommandBatch commands = _transaction.Commands;
        int before = commands.Count;
        addCommand();
        try
        {
            _changes.Change(kind, commands.GetPayload(before));
        }
        catch
        {
            commands.Truncate(before);
            throw;
        }
    }
}
