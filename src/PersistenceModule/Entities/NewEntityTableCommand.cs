using System.Collections;
using System.Management.Automation;

namespace PersistenceModule;

/// <summary>New-EntityTable: creates a table of components.</summary>
[Cmdlet(VerbsCommon.New, "EntityTable", DefaultParameterSetName = ParameterSets.Path, SupportsShouldProcess = true)]
[OutputType(typeof(EntityTableInfo))]
public sealed class NewEntityTableCommand : EntityTableCmdlet
{
    /// <summary>Its name.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    public string Name { get; set; } = "";

    /// <summary>Its fields: their types by their names.</summary>
    [Parameter(Position = 1)]
    [AllowEmptyCollection]
    public IDictionary? Field { get; set; }

    private protected override void Process() =>
        ChangeTable(null, $"table '{Name}'", "Create table", store => store.Entities.CreateTable(Name, FieldDefinitions.Read(Field, store.Path)), returns: true);
}
