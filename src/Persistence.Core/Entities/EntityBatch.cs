using Persistence.State;

namespace Persistence.Entities;

/// <summary>
/// Changes of entities that are committed as one atomic step, in the order they were added. Whether each can be made is decided when the batch is committed; one that cannot withdraws all of them. Made by
/// <see cref="EntityState.CreateBatch"/>, reusable after a commit; one that is given up is cleared, so that its ids are used again. One thread at a time.
/// </summary>
public sealed class EntityBatch : IEntityWriter
{
    private readonly EntityState _state;
    private readonly EntityIds _ids;
    private readonly List<EntityId> _created = [];

    internal EntityBatch(EntityState state) => (_state, _ids) = (state, state.Ids);

    internal CommandBatch Commands { get; } = new();

    /// <summary>How many changes.</summary>
    public int Count => Commands.Count;

    /// <inheritdoc/>
    public EntityId Create(params ComponentData[] components)
    {
        ArgumentNullException.ThrowIfNull(components);
        EntityId entity = _ids.Next();
        try
        {
            EntityCommands.Create(Commands, _state.Schema, entity, components);
        }
        catch
        {
            _ids.TakeBack(entity);
            throw;
        }

        _created.Add(entity);
        return entity;
    }

    /// <inheritdoc/>
    public void Delete(EntityId entity) => EntityCommands.Delete(Commands, entity);

    /// <inheritdoc/>
    public void Add(EntityId entity, ComponentData component) => EntityCommands.Put(Commands, EntityRecordKind.ComponentAdded, _state.Schema, entity, component);

    /// <inheritdoc/>
    public void Set(EntityId entity, ComponentData component) => EntityCommands.Put(Commands, EntityRecordKind.ComponentSet, _state.Schema, entity, component);

    /// <inheritdoc/>
    public void Change(EntityId entity, ComponentData component) => EntityCommands.Put(Commands, EntityRecordKind.ComponentChanged, _state.Schema, entity, component);

    /// <inheritdoc/>
    public void Remove(EntityId entity, string table) => EntityCommands.Remove(Commands, entity, _state.Schema.Get(table).Number);

    /// <summary>Forgets what was gathered. The ids it has given out are given out again.</summary>
    public void Clear()
    {
        _created.ForEach(_ids.TakeBack);
        Forget();
    }

    /// <summary>Whether it is of a state as it is registered now.</summary>
    internal bool IsOf(EntityState state) => ReferenceEquals(_state, state) && ReferenceEquals(_ids, state.Ids);

    /// <summary>Empties it after it was committed.</summary>
    internal void Forget()
    {
        _created.Clear();
        Commands.Clear();
    }
}
