using System.Management.Automation;
using Persistence.Entities;

namespace PersistenceModule;

/// <summary>Remove-EntityTable: removes tables with all their components.</summary>
[Cmdlet(VerbsCommon.Remove, "EntityTable", DefaultParameterSetName = ParameterSets.Path, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(void))]
public sealed class RemoveEntityTableCommand : EntityTableCmdlet
{
    /// <summary>The tables.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [Alias("Table")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(EntityTableCompleter))]
    public EntityTableReference[]? Name { get; set; }

    private protected override void Process()
    {
        foreach (EntityTableReference table in Name!)
            ChangeTable(table.Origin, $"table '{table}'", "Remove table with all its components", store => Remove(store.Entities, table.Name), returns: false);
    }

    private static TableSchema Remove(EntityState entities, string name)
    {
        TableSchema table = entities.Schema.Get(name);
        entities.DropTable(name);
        return table;
    }
}
