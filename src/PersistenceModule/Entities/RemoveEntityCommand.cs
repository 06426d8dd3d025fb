using System.Management.Automation;
using Persistence.Entities;

namespace PersistenceModule;

/// <summary>Remove-Entity: deletes entities with their components.</summary>
[Cmdlet(VerbsCommon.Remove, "Entity", DefaultParameterSetName = ParameterSets.Path, SupportsShouldProcess = true)]
[OutputType(typeof(void))]
public sealed class RemoveEntityCommand : EntityWriterCmdlet
{
    /// <summary>Their ids.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Entity")]
    [ValidateNotNullOrEmpty]
    [EntityIdTransformation]
    public EntityReference[]? Id { get; set; }

    private protected override void Process()
    {
        foreach (EntityReference reference in Id!)
            Change(reference.Origin, $"entity {reference}", "Remove entity", _ => Prepare(IdOf(reference)), emit: null);
    }

    private static EntityEdit Prepare(EntityId entity) => editor => editor.Delete(entity);
}
