namespace PersistenceModule;

/// <summary>A store in use by one command: closed with it if the command opened it, else left open.</summary>
internal sealed class StoreLease(WalStore store, bool isOwned) : IDisposable
{
    public WalStore Store { get; } = store;

    /// <summary>Whether the command opened it.</summary>
    public bool IsOwned => isOwned;

    /// <summary>Closes what the command opened, and reports if that failed.</summary>
    public void Close()
    {
        if (isOwned)
            Store.Close();
    }

    public void Dispose()
    {
        if (isOwned)
            Store.Dispose();
    }
}
