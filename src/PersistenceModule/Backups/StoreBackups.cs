using Persistence.Backups;
using Persistence.Diagnostics;
using Persistence.Engine;
using Persistence.Storage.Disk;

namespace PersistenceModule;

/// <summary>Backups of stores in directories.</summary>
internal static class StoreBackups
{
    /// <summary>Takes a backup into a new directory inside another.</summary>
    /// <param name="store">The store's directory.</param>
    /// <param name="folder">The directory that holds the backups.</param>
    /// <param name="parent">What it builds on; null for a full one.</param>
    /// <param name="request">The rest.</param>
    public static BackupInfo Take(string store, string folder, BackupOnDisk? parent, BackupRequest request) => WalStore.With(store, host =>
    {
        // Before anything is made for it.
        PersistenceStore.GetStoreId(host);
        string path = BackupDirectories.ChooseNew(folder, host.Clock.GetUtcNow(), parent is null);
        try
        {
            using DiskFileSystem destination = DiskFileSystem.Create(path);
            return StoreBackup.Take(host, destination, request with { Parents = parent?.Chain ?? [] }) with { Path = path };
        }
        catch
        {
            TryRemove(path);
            throw;
        }
    });

    /// <summary>The newest backup of a store in a directory.</summary>
    /// <exception cref="StoreException">BackupInvalid: there is none.</exception>
    public static BackupOnDisk OpenNewest(string store, string folder)
    {
        Guid storeId = WalStore.With(store, static host => PersistenceStore.GetStoreId(host));
        return BackupDirectories.Find(folder).LastOrDefault(info => info.StoreId == storeId) is BackupInfo newest
            ? BackupDirectories.Open(newest)
            : throw new StoreException(StoreError.BackupInvalid, $"There is no backup of the store in '{folder}' to build on. Take a full one first, without -Incremental.");
    }

    /// <summary>What was given up is no backup; its directory is empty by now.</summary>
    private static void TryRemove(string path)
    {
        try
        {
            if (Directory.Exists(path) && !Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).Any())
                Directory.Delete(path, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It stays behind, and says that it is no backup.
        }
    }
}
