using Persistence.Diagnostics;
using Persistence.Storage;

namespace Persistence.Backups;

/// <summary>Writes and reads the manifest of a backup's directory.</summary>
internal static class ManifestFile
{
    /// <summary>Name of the file that makes a directory a backup. On disk, never changes.</summary>
    public const string Name = "MANIFEST";

    private const string Unfinished = "MANIFEST.new";

    /// <summary>No manifest is longer: some hundred thousand files.</summary>
    private const long BytesMax = 64 << 20;

    /// <summary>Makes the directory a backup. Everything the manifest lists is durable already.</summary>
    public static void Write(IFileSystem directory, BackupManifest manifest)
    {
        byte[] content = ManifestCodec.Encode(manifest);
        if (content.Length > BytesMax)
            throw BackupErrors.Invalid($"The backup would have {manifest.Files.Count} files: their list takes {content.Length} bytes, and at most {BytesMax} can be read.");
        using (IFile file = directory.Open(Unfinished, FileIntent.CreateNew))
        {
            file.Write(content, 0);
            file.Sync();
        }

        directory.Rename(Unfinished, Name);
        directory.SyncDirectory("");
    }

    /// <summary>Removes a manifest of which nobody knows whether it is durable.</summary>
    /// <param name="directory">The backup's directory.</param>
    /// <param name="isOwn">Whether it was written by who asks.</param>
    public static void TryRemove(IFileSystem directory, bool isOwn)
    {
        if (!isOwn)
            return;
        directory.TryDelete(Name);
        directory.TryDelete(Unfinished);
    }

    /// <exception cref="StoreException">BackupInvalid, UnsupportedFormatVersion, or a failure of the files.</exception>
    public static BackupManifest Read(IFileSystem directory)
    {
        IFile file;
        try
        {
            file = directory.Open(Name, FileIntent.Read);
        }
        catch (StorageException e) when (e.Fault is StorageFault.NotFound or StorageFault.WrongKind)
        {
            throw BackupErrors.NoBackup();
        }

        using (file)
            return ManifestCodec.Decode(ReadAll(file));
    }

    private static byte[] ReadAll(IFile file)
    {
        long length = file.GetLength();
        if (length > BytesMax)
            throw BackupErrors.Damaged(Name, 0, $"it has {length} bytes");
        byte[] bytes = new byte[length];
        return file.Read(bytes, 0) == length ? bytes : throw BackupErrors.Damaged(Name, length, "it became shorter while it was read");
    }
}
