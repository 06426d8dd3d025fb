namespace PersistenceModule;

/// <summary>A store that is current in one runspace: until it is left or, where it is current because of a transaction, that has ended.</summary>
internal sealed class StoreScope(List<StoreScope> scopes, WalStore store, WalTransaction? transaction)
{
    public WalStore Store { get; } = store;

    /// <summary>The transaction that commands on the store take part in, or null.</summary>
    public WalTransaction? Transaction { get; } = transaction;

    public bool IsOver => Transaction is { IsCurrent: false };

    /// <summary>Takes the store back, wherever among the others it is. Twice is harmless; on any thread.</summary>
    public void Leave()
    {
        lock (scopes)
            scopes.Remove(this);
    }
}
