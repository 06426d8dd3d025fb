using System.Management.Automation;
using Persistence.Entities;

namespace PersistenceModule;

/// <summary>Get-EntityComponent: reads components of an entity, or of all that have one of a table.</summary>
[Cmdlet(VerbsCommon.Get, "EntityComponent", DefaultParameterSetName = ParameterSets.Path)]
[OutputType(typeof(EntityComponentInfo))]
[OutputType(typeof(PSObject))]
public sealed class GetEntityComponentCommand : EntityCmdlet
{
    /// <summary>The entities; all when left out.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Id")]
    [ValidateNotNullOrEmpty]
    [EntityIdTransformation]
    public EntityReference[]? Entity { get; set; }

    /// <summary>The tables; all when left out.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(EntityTableCompleter))]
    public string[]? Table { get; set; }

    /// <summary>Return the values alone.</summary>
    [Parameter]
    public SwitchParameter ValueOnly { get; set; }

    private protected override void Process()
    {
        if (Entity is null)
            Look(null, "components", WriteAll);
        foreach (EntityReference reference in Entity ?? [])
            Look(reference.Origin, reference.Text, store => Write(store, reference));
    }

    private void Write(WalStore store, EntityReference reference)
    {
        EntityId id = IdOf(reference);
        if (Table is null)
            Write(store, StoreScopes.EntitiesOf(store).Read(entities => entities.Get(id)));
        foreach (string table in Table ?? [])
            ForOne($"{id} {table}", store.Path, () => Write(store, id, StoreScopes.EntitiesOf(store).Read(entities => entities.GetComponent(id, table))));
    }

    private void WriteAll(WalStore store)
    {
        if (Table is null)
            WriteAll(store, static entities => entities.Query());
        foreach (string table in Table ?? [])
            ForOne(table, store.Path, () => WriteAll(store, entities => entities.Query(table).Read(table)));
    }

    private void WriteAll(WalStore store, Func<EntityReader, EntityQuery> query)
    {
        foreach (Entity entity in StoreScopes.EntitiesOf(store).Query(query))
        {
            StopToken.ThrowIfCancellationRequested();
            Write(store, entity);
        }
    }

    private void Write(WalStore store, Entity entity)
    {
        foreach (Component component in entity.Components)
            Write(store, entity.Id, component);
    }

    private void Write(WalStore store, EntityId entity, Component component) =>
        WriteObject(ValueOnly ? ComponentObjects.Of(component) : new EntityComponentInfo(entity, component, OriginOf(store)));
}
