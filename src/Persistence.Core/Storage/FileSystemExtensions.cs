namespace Persistence.Storage;

/// <summary>What more than one part does with files.</summary>
internal static class FileSystemExtensions
{
    /// <summary>A file's length, or null when it is no longer there.</summary>
    public static long? TryGetLength(this IFileSystem files, string path)
    {
        try
        {
            using IFile file = files.Open(path, FileIntent.Read);
            return file.GetLength();
        }
        catch (StorageException e) when (e.Fault == StorageFault.NotFound)
        {
            return null;
        }
    }

    /// <summary>Deletes a file if that is possible: for leftovers, whose removal may fail without harm.</summary>
    public static void TryDelete(this IFileSystem files, string path)
    {
        try
        {
            files.Delete(path);
        }
        catch (StorageException)
        {
            // Not there, or left for the next opening, which removes leftovers.
        }
    }
}
