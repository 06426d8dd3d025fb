namespace Persistence.Storage;

/// <summary>Replaces small files so that after a crash there is the whole old content or the whole new one.</summary>
/// <remarks>
/// The order, and what each step is for:
/// <list type="number">
/// <item>A leftover of the same name in staging is deleted, never overwritten: after a crash in the middle of a rename it
/// may be a second name of the file that was being replaced.</item>
/// <item>The content is written to a new file in staging and that file is synced. Without it the rename could become
/// durable before the bytes, leaving an empty file under the final name.</item>
/// <item>The rename puts it in place of the old one, in one step for every reader.</item>
/// <item>The target's directory is synced: from here on the new content survives a crash.</item>
/// </list>
/// Staging itself is not synced. Before the rename its entry need not last, because the sync of the file covers the inode
/// and step four the name that counts; after the rename the worst a crash can bring back is the old name in staging, which
/// is only ever deleted.
/// </remarks>
internal static class AtomicFile
{
    /// <summary>The directory new files are prepared in. It has to exist.</summary>
    public const string StagingDirectory = "staging";

    /// <summary>
    /// Writes <paramref name="content"/> as the whole of the file <paramref name="path"/>; on return it is durable. One
    /// writer per name at a time.
    /// </summary>
    /// <exception cref="StorageException">
    /// A step failed. The file has its old content if the failing step came before the rename; if it was the last one, it
    /// has the new content, which a crash may undo.
    /// </exception>
    public static void Write(IFileSystem files, string path, ReadOnlySpan<byte> content) => Write(files, path, content, StorePath.ParseFile(path).Name);

    /// <summary>The same for a file that several may write: each prepares it under a name of its own.</summary>
    /// <param name="files">The store's files.</param>
    /// <param name="path">The file.</param>
    /// <param name="content">Its new content.</param>
    /// <param name="stagedName">The name it is prepared under, in staging.</param>
    public static void Write(IFileSystem files, string path, ReadOnlySpan<byte> content, string stagedName)
    {
        StorePath target = StorePath.ParseFile(path);
        string staged = $"{StagingDirectory}/{stagedName}";
        files.TryDelete(staged);
        try
        {
            WriteSynced(files, staged, content);
            files.Rename(staged, path);
        }
        catch (StorageException)
        {
            files.TryDelete(staged);
            throw;
        }
        files.SyncDirectory(target.Directory);
    }

    private static void WriteSynced(IFileSystem files, string path, ReadOnlySpan<byte> content)
    {
        using IFile file = files.Open(path, FileIntent.CreateNew);
        file.Write(content, 0);
        file.Sync();
    }
}
