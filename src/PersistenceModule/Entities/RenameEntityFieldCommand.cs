using System.Management.Automation;

namespace PersistenceModule;

/// <summary>Rename-EntityField: gives a field another name.</summary>
[Cmdlet(VerbsCommon.Rename, "EntityField", DefaultParameterSetName = ParameterSets.Path, SupportsShouldProcess = true)]
[OutputType(typeof(EntityTableInfo))]
public sealed class RenameEntityFieldCommand : EntityFieldCmdlet
{
    /// <summary>The name it gets.</summary>
    [Parameter(Mandatory = true, Position = 2)]
    [ValidateNotNullOrEmpty]
    public string NewName { get; set; } = "";

    private protected override void Process() =>
        ChangeField($"Rename field to '{NewName}'", store => store.Entities.RenameField(Table!.Name, Name, NewName));
}
