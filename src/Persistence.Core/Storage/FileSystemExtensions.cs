namespace Persistence.Storage;

/// <summary>What more than one part does with files.</summary>
internal static class FileSystemExtensions
{
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
