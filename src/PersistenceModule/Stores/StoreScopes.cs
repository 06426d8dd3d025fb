using System.Management.Automation.Runspaces;
using System.Runtime.CompilerServices;

namespace PersistenceModule;

/// <summary>The stores that Use-WalStore and transactions have made current, per runspace, innermost last.</summary>
internal static class StoreScopes
{
    // Each list is its own lock: a transaction may be ended by another runspace than the one it began in.
    private static readonly ConditionalWeakTable<Runspace, List<StoreScope>> s_scopes = new();

    /// <summary>The innermost store of this runspace, or null.</summary>
    public static WalStore? Current => FindLast(static _ => true)?.Store;

    /// <summary>All of this runspace, innermost first.</summary>
    public static IReadOnlyList<WalStore> All
    {
        get
        {
            if (Scopes is not List<StoreScope> scopes)
                return [];
            lock (scopes)
                return scopes.Where(scope => !scope.IsOver).Select(scope => scope.Store).Reverse().ToArray();
        }
    }

    /// <summary>The innermost transaction of this runspace, or null.</summary>
    public static WalTransaction? CurrentTransaction => FindLast(static scope => scope.Transaction is not null)?.Transaction;

    private static List<StoreScope>? Scopes =>
        Runspace.DefaultRunspace is Runspace runspace ? s_scopes.GetOrCreateValue(runspace) : null;

    /// <summary>The innermost transaction that this runspace has open on a handle, or null.</summary>
    public static WalTransaction? FindTransaction(WalStore store) =>
        FindLast(scope => scope.Transaction is not null && ReferenceEquals(scope.Store, store))?.Transaction;

    /// <summary>The innermost transaction that this runspace has open on the store of a directory, or null.</summary>
    public static WalTransaction? FindTransaction(string directory) =>
        FindLast(scope => scope.Transaction is not null && OpenStores.IsAt(scope.Store, directory))?.Transaction;

    /// <summary>The state items as commands of this runspace see and change them: by its transaction, if it has one open on the handle.</summary>
    public static IStateItems ItemsOf(WalStore store) => FindTransaction(store) is WalTransaction transaction ? transaction : store;

    /// <summary>As <see cref="ItemsOf"/>, the entities.</summary>
    public static IEntities EntitiesOf(WalStore store) => FindTransaction(store) is WalTransaction transaction ? new TransactionEntities(transaction) : new StoreEntities(store);

    /// <summary>Makes a store current in this runspace.</summary>
    public static StoreScope Enter(WalStore store, WalTransaction? transaction = null)
    {
        List<StoreScope> scopes = Scopes ?? [];
        StoreScope scope = new(scopes, store, transaction);
        lock (scopes)
        {
            scopes.RemoveAll(static left => left.IsOver);
            scopes.Add(scope);
        }

        return scope;
    }

    private static StoreScope? FindLast(Predicate<StoreScope> isWanted)
    {
        if (Scopes is not List<StoreScope> scopes)
            return null;
        lock (scopes)
            return scopes.FindLast(scope => !scope.IsOver && isWanted(scope));
    }
}
