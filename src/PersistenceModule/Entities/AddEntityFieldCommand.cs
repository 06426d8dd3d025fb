using System.Management.Automation;
using Persistence.Entities;

namespace PersistenceModule;

/// <summary>Add-EntityField: adds a field to a table.</summary>
[Cmdlet(VerbsCommon.Add, "EntityField", DefaultParameterSetName = ParameterSets.Path, SupportsShouldProcess = true)]
[OutputType(typeof(EntityTableInfo))]
public sealed class AddEntityFieldCommand : EntityFieldCmdlet
{
    /// <summary>What it holds.</summary>
    [Parameter(Mandatory = true, Position = 2)]
    [ArgumentCompleter(typeof(FieldTypeCompleter))]
    public FieldType Type { get; set; }

    /// <summary>What components have of which nothing is said, those that are there already among them.</summary>
    [Parameter]
    [AllowNull]
    [AllowEmptyString]
    [AllowEmptyCollection]
    public object? Default { get; set; }

    private protected override void Process() =>
        ChangeField("Add field", store => store.Entities.AddField(Table!.Name, FieldDefinitions.Create(Name, Type, Default, store.Path)));
}
