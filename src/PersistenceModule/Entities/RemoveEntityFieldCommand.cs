using System.Management.Automation;

namespace PersistenceModule;

/// <summary>Remove-EntityField: removes a field of a table with its values.</summary>
[Cmdlet(VerbsCommon.Remove, "EntityField", DefaultParameterSetName = ParameterSets.Path, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(EntityTableInfo))]
public sealed class RemoveEntityFieldCommand : EntityFieldCmdlet
{
    private protected override void Process() => ChangeField("Remove field with its values", store => store.Entities.DropField(Table!.Name, Name));
}
