namespace PersistenceModule;

/// <summary>The store that an object which a command has returned is of.</summary>
/// <param name="StorePath">The full path of its directory.</param>
/// <param name="Handle">The handle it was read through, if that is kept open by somebody else than the command.</param>
internal sealed record StoreOrigin(string StorePath, WalStore? Handle)
{
    /// <summary>The store, for a command that is to do something with it: a handle that only reads is not used to write.</summary>
    public StoreTarget For(StoreAccess access) =>
        Handle is { IsOpen: true } handle && (access == StoreAccess.Read || !handle.IsReadOnly) ? new StoreTarget(handle) : new StoreTarget(StorePath, null);
}
