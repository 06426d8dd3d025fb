using System.Management.Automation;
using Persistence.Entities;

namespace PersistenceModule;

/// <summary>Get-Entity: reads entities.</summary>
[Cmdlet(VerbsCommon.Get, "Entity", DefaultParameterSetName = ParameterSets.Path)]
[OutputType(typeof(EntityInfo))]
public sealed class GetEntityCommand : EntityCmdlet
{
    /// <summary>Their ids; all entities when left out.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Entity")]
    [ValidateNotNullOrEmpty]
    [EntityIdTransformation]
    public EntityReference[]? Id { get; set; }

    /// <summary>The tables whose components are read; all when left out.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(EntityTableCompleter))]
    public string[]? Component { get; set; }

    private protected override void Process()
    {
        if (Id is null)
            Look(null, "entities", WriteAll);
        foreach (EntityReference reference in Id ?? [])
            Look(reference.Origin, reference.Text, store => Write(store, reference));
    }

    private void Write(WalStore store, EntityReference reference)
    {
        EntityId id = IdOf(reference);
        WriteObject(Describe(store, StoreScopes.EntitiesOf(store).Read(entities => entities.Get(id, Component ?? []))));
    }

    private void WriteAll(WalStore store)
    {
        foreach (Entity entity in StoreScopes.EntitiesOf(store).Query(entities => Component is null ? entities.Query() : entities.Query().Read(Component)))
        {
            StopToken.ThrowIfCancellationRequested();
            WriteObject(Describe(store, entity));
        }
    }
}
