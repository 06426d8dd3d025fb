using Persistence.Entities;

namespace PersistenceModule;

/// <summary>A command that changes tables. That is a commit of its own, and no part of a transaction.</summary>
public abstract class EntityTableCmdlet : EntityChangeCmdlet
{
    /// <summary>Makes a change, if it is wanted: asked before the store is opened.</summary>
    /// <param name="origin">The store of the table's object, or null.</param>
    /// <param name="what">What is changed.</param>
    /// <param name="action">What is done.</param>
    /// <param name="change">Does it.</param>
    /// <param name="returns">Whether the table is to be returned.</param>
    private protected void ChangeTable(StoreOrigin? origin, string what, string action, Func<WalStore, TableSchema> change, bool returns)
    {
        StoreTarget target = FindTarget(origin, StoreAccess.Write);
        ForOneOf(what, target, () =>
        {
            if (StoreScopes.FindTransaction(target.Directory) is not null)
                throw ErrorRecords.SchemaInTransaction();
            if (!ShouldProcess($"{what} ({target.Directory})", action))
                return;
            WalStore store = OpenToChange(target);
            TableSchema table = change(store);
            if (returns)
                WriteObject(new StoreEntities(store).Read(entities => Describe(store, entities, entities.Schema.Get(table.Number))));
        });
    }
}
