using System.Globalization;
using Persistence.Diagnostics;
using Persistence.Storage;
using Persistence.Storage.Disk;

namespace Persistence.Backups;

/// <summary>Where backups lie on disk: side by side in one directory, each in one of its own. What builds on what the manifests say, not the names.</summary>
public static class BackupDirectories
{
    /// <summary>A name that no backup in a directory has yet: when it is taken, and what kind it is.</summary>
    /// <param name="folder">The directory that holds the backups; it need not exist.</param>
    /// <param name="time">When.</param>
    /// <param name="isFull">Whether it is a full one.</param>
    /// <returns>The full path of the new backup's directory, which does not exist.</returns>
    public static string ChooseNew(string folder, DateTimeOffset time, bool isFull)
    {
        HashSet<string> taken = [.. TryList(folder)];
        string name = string.Create(CultureInfo.InvariantCulture, $"{time.UtcDateTime:yyyyMMdd'T'HHmmss'Z'}-{(isFull ? "full" : "increment")}");
        string free = name;
        for (int number = 2; taken.Contains(free); number++)
            free = string.Create(CultureInfo.InvariantCulture, $"{name}-{number}");
        return Path.Combine(Path.GetFullPath(folder), free);
    }

    /// <summary>The backups that lie in a directory, oldest first. What is none, or cannot be read, is passed over.</summary>
    public static IReadOnlyList<BackupInfo> Find(string folder)
    {
        List<BackupInfo> found = [];
        foreach (string name in TryList(folder))
        {
            if (TryRead(Path.Combine(Path.GetFullPath(folder), name)) is BackupInfo info)
                found.Add(info);
        }

        return found.OrderBy(static info => info.Created).ThenBy(static info => info.Position.Value).ToArray();
    }

    /// <summary>Opens a backup with those it builds on, which lie beside it.</summary>
    /// <param name="path">Its directory, or the directory that holds the backups: then the newest of them.</param>
    /// <exception cref="StoreException">BackupInvalid: there is none, or one it builds on is not there. StoreNotFound: there is no such directory. UnsupportedFormatVersion, or a failure of the files.</exception>
    public static BackupOnDisk Open(string path)
    {
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        if (!IsBackup(full) && Find(full) is [.., BackupInfo newest])
            return Open(newest);
        using DiskFileSystem directory = OpenDirectory(full);
        return Open(BackupInfo.Of(ManifestFile.Read(directory)) with { Path = full });
    }

    /// <summary>The same for one that was found.</summary>
    public static BackupOnDisk Open(BackupInfo backup)
    {
        ArgumentNullException.ThrowIfNull(backup);
        string path = backup.Path ?? throw new ArgumentException("Where the backup lies is not known.", nameof(backup));
        List<BackupInfo> chain = [backup];
        ILookup<Guid, BackupInfo>? beside = null;
        while (chain[0].ParentId is Guid parentId)
        {
            beside ??= Find(Path.GetDirectoryName(path)!).ToLookup(static info => info.Id);
            BackupInfo parent = beside[parentId].FirstOrDefault(info => chain.TrueForAll(other => other.Id != info.Id))
                ?? throw BackupErrors.Invalid($"The backup in '{chain[0].Path}' builds on backup {parentId}, which is not in '{Path.GetDirectoryName(path)}'. Put it there: backups that build on each other lie side by side.");
            chain.Insert(0, parent);
        }

        return new BackupOnDisk(backup, OpenAll(chain));
    }

    private static List<DiskFileSystem> OpenAll(List<BackupInfo> chain)
    {
        List<DiskFileSystem> directories = [];
        try
        {
            foreach (BackupInfo link in chain)
                directories.Add(OpenDirectory(link.Path!));
            return directories;
        }
        catch
        {
            directories.ForEach(static directory => directory.Dispose());
            throw;
        }
    }

    private static DiskFileSystem OpenDirectory(string path)
    {
        try
        {
            return DiskFileSystem.Open(path);
        }
        catch (StoreException e) when (e.Error == StoreError.StoreNotFound)
        {
            throw BackupErrors.Invalid($"There is no backup at '{path}': it is not a directory.", cause: e);
        }
    }

    private static bool IsBackup(string path)
    {
        using DiskFileSystem directory = OpenDirectory(path);
        return directory.List("").Any(static entry => entry.Name == ManifestFile.Name);
    }

    private static BackupInfo? TryRead(string path)
    {
        try
        {
            using DiskFileSystem directory = DiskFileSystem.Open(path);
            return BackupInfo.Of(ManifestFile.Read(directory)) with { Path = path };
        }
        catch (StoreException)
        {
            return null;
        }
    }

    private static string[] TryList(string folder)
    {
        try
        {
            using DiskFileSystem directory = DiskFileSystem.Open(folder);
            return [.. directory.List("").Where(static entry => entry.Kind == FileEntryKind.Directory).Select(static entry => entry.Name)];
        }
        catch (StoreException e) when (e.Error == StoreError.StoreNotFound)
        {
            return [];
        }
    }
}
