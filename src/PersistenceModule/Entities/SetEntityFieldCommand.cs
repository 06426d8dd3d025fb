using System.Management.Automation;
using Persistence.Entities;

namespace PersistenceModule;

/// <summary>Set-EntityField: gives a field a wider type.</summary>
[Cmdlet(VerbsCommon.Set, "EntityField", DefaultParameterSetName = ParameterSets.Path, SupportsShouldProcess = true)]
[OutputType(typeof(EntityTableInfo))]
public sealed class SetEntityFieldCommand : EntityFieldCmdlet
{
    /// <summary>What it is to hold: a type that has every value of the one before.</summary>
    [Parameter(Mandatory = true, Position = 2)]
    [ArgumentCompleter(typeof(FieldTypeCompleter))]
    public FieldType Type { get; set; }

    private protected override void Process() =>
        ChangeField($"Set type to {Type}", store => store.Entities.WidenField(Table!.Name, Name, Type));
}
