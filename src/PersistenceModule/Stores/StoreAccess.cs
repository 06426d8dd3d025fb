namespace PersistenceModule;

/// <summary>What a command does to a store.</summary>
internal enum StoreAccess
{
    /// <summary>Reads: by path, whoever holds the store for writing, and without changing a byte.</summary>
    Read,

    /// <summary>Writes: there is one writer per store.</summary>
    Write,
}
