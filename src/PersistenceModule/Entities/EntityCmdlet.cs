using System.Management.Automation;
using Persistence.Entities;

namespace PersistenceModule;

/// <summary>A command about entities. In a transaction of its runspace it takes part in that.</summary>
public abstract class EntityCmdlet : StoreObjectCmdlet
{
    /// <summary>The id that was given.</summary>
    /// <exception cref="WalCommandException">ArgumentInvalid: it is none.</exception>
    private protected EntityId IdOf(EntityReference reference) => reference.Resolve(Statement);

    /// <summary>Reads something of a store.</summary>
    /// <param name="origin">The store that what was given comes from; null: it does not say.</param>
    /// <param name="what">What errors call it.</param>
    /// <param name="work">Reads it.</param>
    private protected void Look(StoreOrigin? origin, string what, Action<WalStore> work)
    {
        StoreTarget target = FindTarget(origin, StoreAccess.Read);
        ForOneOf(what, target, () => work(ToRead(target)));
    }

    // PowerShell 7.4 and later has it; the reference assemblies are older.
    private string Statement => PSObject.AsPSObject(MyInvocation).Properties["Statement"]?.Value as string ?? MyInvocation.Line;

    /// <summary>An entity, to be returned.</summary>
    private protected PSObject Describe(WalStore store, Entity entity) => EntityInfo.Create(entity, OriginOf(store));

    /// <summary>A table, to be returned.</summary>
    private protected EntityTableInfo Describe(WalStore store, EntityReader reader, TableSchema table) => new(table, reader.CountOf(table.Name), OriginOf(store));
}
