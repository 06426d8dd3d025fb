using System.Management.Automation;
using Persistence.Entities;

namespace PersistenceModule;

/// <summary>Remove-EntityComponent: removes components of entities.</summary>
[Cmdlet(VerbsCommon.Remove, "EntityComponent", DefaultParameterSetName = ParameterSets.Path, SupportsShouldProcess = true)]
[OutputType(typeof(void))]
public sealed class RemoveEntityComponentCommand : EntityWriterCmdlet
{
    /// <summary>The entities.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Id")]
    [ValidateNotNullOrEmpty]
    [EntityIdTransformation]
    public EntityReference[]? Entity { get; set; }

    /// <summary>The tables.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(EntityTableCompleter))]
    public string[]? Table { get; set; }

    private protected override void Process()
    {
        foreach (EntityReference reference in Entity!)
        {
            foreach (string table in Table!)
                Change(reference.Origin, $"entity {reference}, {table}", "Remove component", _ => Prepare(IdOf(reference), table), emit: null);
        }
    }

    private static EntityEdit Prepare(EntityId entity, string table) => editor => editor.Remove(entity, table);
}
