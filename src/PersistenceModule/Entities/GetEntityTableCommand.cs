using System.Management.Automation;
using Persistence.Diagnostics;
using Persistence.Entities;

namespace PersistenceModule;

/// <summary>Get-EntityTable: lists tables of components.</summary>
[Cmdlet(VerbsCommon.Get, "EntityTable", DefaultParameterSetName = ParameterSets.Path)]
[OutputType(typeof(EntityTableInfo))]
public sealed class GetEntityTableCommand : EntityCmdlet
{
    /// <summary>Their names; wildcards. All tables when left out.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(EntityTableCompleter))]
    public string[]? Name { get; set; }

    private protected override void Process()
    {
        StoreTarget target = FindTarget(null, StoreAccess.Read);
        foreach (string name in Name ?? ["*"])
            ForOneOf(name, target, () => Write(ToRead(target), name));
    }

    private void Write(WalStore store, string name)
    {
        EntityTableInfo[] tables = StoreScopes.EntitiesOf(store).Read<EntityTableInfo[]>(entities => [.. Find(entities.Schema, name).Select(table => Describe(store, entities, table))]);
        foreach (EntityTableInfo table in tables)
            WriteObject(table);
    }

    /// <exception cref="StoreException">TableNotFound, unless it is a pattern.</exception>
    private static IEnumerable<TableSchema> Find(EntitySchema schema, string name)
    {
        if (schema.Find(name) is TableSchema table)
            return (TableSchema[])[table];
        if (!WildcardPattern.ContainsWildcardCharacters(name))
            return (TableSchema[])[schema.Get(name)];
        WildcardPattern pattern = Patterns.Compile(name, WildcardOptions.IgnoreCase);
        return schema.Tables.Values.Where(one => pattern.IsMatch(one.Name));
    }
}
