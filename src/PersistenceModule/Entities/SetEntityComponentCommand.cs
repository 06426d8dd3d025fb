using System.Collections;
using System.Management.Automation;
using Persistence.Entities;

namespace PersistenceModule;

/// <summary>Set-EntityComponent: changes fields of a component, or adds it.</summary>
[Cmdlet(VerbsCommon.Set, "EntityComponent", DefaultParameterSetName = ParameterSets.Path, SupportsShouldProcess = true)]
[OutputType(typeof(EntityComponentInfo))]
public sealed class SetEntityComponentCommand : EntityWriterCmdlet
{
    /// <summary>The entities.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Id")]
    [ValidateNotNullOrEmpty]
    [EntityIdTransformation]
    public EntityReference[]? Entity { get; set; }

    /// <summary>The table.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(EntityTableCompleter))]
    public string Table { get; set; } = "";

    /// <summary>The values of the fields; none when left out.</summary>
    [Parameter(Position = 2, ValueFromPipelineByPropertyName = true)]
    [AllowNull]
    [AllowEmptyString]
    [AllowEmptyCollection]
    public object? Value { get; set; } = new Hashtable();

    /// <summary>Fields that are left out get their defaults.</summary>
    [Parameter]
    public SwitchParameter Replace { get; set; }

    /// <summary>Return the components.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private protected override void Process()
    {
        foreach (EntityReference reference in Entity!)
            Change(reference.Origin, $"entity {reference}, {Table}", "Set component", store => Prepare(store, IdOf(reference)), PassThru ? Emit : null);
    }

    private EntityEdit Prepare(WalStore store, EntityId entity)
    {
        ComponentData component = new ComponentInput(StoreScopes.EntitiesOf(store).Schema, store.Path).ReadOne(Table, Value);
        return Replace ? editor => editor.Set(entity, component) : editor => editor.Merge(entity, component);
    }

    private void Emit(WalStore store, EntityId entity) =>
        WriteObject(new EntityComponentInfo(entity, StoreScopes.EntitiesOf(store).Read(entities => entities.GetComponent(entity, Table)), OriginOf(store)));
}
