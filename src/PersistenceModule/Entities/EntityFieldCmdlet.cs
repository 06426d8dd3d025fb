using System.Management.Automation;
using Persistence.Entities;

namespace PersistenceModule;

/// <summary>A command that changes a field of a table.</summary>
public abstract class EntityFieldCmdlet : EntityTableCmdlet
{
    /// <summary>The table.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(EntityTableCompleter))]
    public EntityTableReference? Table { get; set; }

    /// <summary>The field's name.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(EntityFieldCompleter))]
    public string Name { get; set; } = "";

    /// <summary>Return the table.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <summary>Makes a change of the field, if it is wanted.</summary>
    /// <param name="action">What is done.</param>
    /// <param name="change">Does it.</param>
    private protected void ChangeField(string action, Func<WalStore, TableSchema> change) =>
        ChangeTable(Table!.Origin, $"field '{Name}' of table '{Table}'", action, change, PassThru);
}
