namespace PersistenceModule;

/// <summary>The store a command was told to work on: an open handle, or a directory to open for the duration of the command.</summary>
/// <param name="Directory">Its directory.</param>
/// <param name="Store">The handle, or null.</param>
internal sealed record StoreTarget(string Directory, WalStore? Store)
{
    public StoreTarget(WalStore store)
        : this(store.Path, store)
    {
    }
}
