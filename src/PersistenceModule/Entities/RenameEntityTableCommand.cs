using System.Management.Automation;

namespace PersistenceModule;

/// <summary>Rename-EntityTable: gives a table another name.</summary>
[Cmdlet(VerbsCommon.Rename, "EntityTable", DefaultParameterSetName = ParameterSets.Path, SupportsShouldProcess = true)]
[OutputType(typeof(EntityTableInfo))]
public sealed class RenameEntityTableCommand : EntityTableCmdlet
{
    /// <summary>The table.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [Alias("Table")]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(EntityTableCompleter))]
    public EntityTableReference? Name { get; set; }

    /// <summary>The name it gets.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ValidateNotNullOrEmpty]
    public string NewName { get; set; } = "";

    /// <summary>Return the table.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private protected override void Process() =>
        ChangeTable(Name!.Origin, $"table '{Name}'", $"Rename table to '{NewName}'", store => store.Entities.RenameTable(Name.Name, NewName), PassThru);
}
