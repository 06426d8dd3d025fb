namespace PersistenceModule;

/// <summary>Who adds entries to a store for a command of this runspace.</summary>
internal static class EntryWriters
{
    public static IEntryWriter For(WalStore store) =>
        StoreScopes.FindTransaction(store) is WalTransaction transaction ? new TransactionEntryWriter(transaction) : new EntryWriter(store);
}
