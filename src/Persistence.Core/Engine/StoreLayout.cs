using Persistence.Checkpoints;
using Persistence.Compaction;
using Persistence.Locking;
using Persistence.Recovery;
using Persistence.Root;
using Persistence.Storage;
using Persistence.Wal;

namespace Persistence.Engine;

/// <summary>What belongs in a store's directory.</summary>
internal static class StoreLayout
{
    // Of the state of files, which is registered or not: their names are durable before anything is in them.
    private const string FilesDirectory = "files";
    private const string BackupDirectory = "backup";

    public static readonly IReadOnlyList<string> Directories = (string[])
        [SegmentNames.Directory, CheckpointNames.Directory, AtomicFile.StagingDirectory, Quarantine.Directory, FilesDirectory, BackupDirectory];

    private static readonly HashSet<string> KnownNames = new(StringComparer.Ordinal)
    {
        "LOCK", "OWNER", RootFile.Name, "wal", "checkpoints", ArchiveName.Directory, "staging", "quarantine", FilesDirectory, BackupDirectory, "recovery.log", "recovery.log.1", ConfigurationFile.Name, ConfigurationLock.FileName,
    };

    /// <summary>Names in the store's directory that are none of its own.</summary>
    public static IReadOnlyList<string> FindUnknown(IFileSystem files) =>
        ListTop(files).Select(entry => entry.Name).Where(name => !KnownNames.Contains(name)).ToArray();

    /// <summary>Whether the directory holds a store, the beginning of one, nothing, or something else.</summary>
    public static StoreContent Classify(IFileSystem files)
    {
        FileEntry[] top = ListTop(files);
        if (top.Any(entry => entry.Name == RootFile.Name))
            return StoreContent.Store;
        if (top.Length == 0)
            return StoreContent.Empty;
        if (top.Any(entry => !KnownNames.Contains(entry.Name)))
            return StoreContent.Foreign;
        if (StoreFounder.IsMarked(files))
            return StoreContent.FoundingCutShort;
        bool hasCheckpoint = files.List(CheckpointNames.Directory).Any(entry => CheckpointNames.TryParse(entry.Name, out _, out _));
        if (hasCheckpoint || HasFrames(files))
            return StoreContent.StoreWithoutRoot;
        return IsBeginning(files) ? StoreContent.CreationCutShort : StoreContent.Foreign;
    }

    /// <summary>
    /// Completing a creation removes what the first attempt left. So everything there must be what a creation leaves: somebody
    /// else's directory may use the same names.
    /// </summary>
    private static bool IsBeginning(IFileSystem files)
    {
        if (ListTop(files).Any(entry => entry.Name is not ("LOCK" or "wal" or "checkpoints" or "staging" or "quarantine" or FilesDirectory or BackupDirectory or ConfigurationFile.Name or ConfigurationLock.FileName)))
            return false;
        return files.List(SegmentNames.Directory).All(entry => entry.Name == SegmentNames.File(1) || entry.Name == SegmentNames.Ballast || SegmentNames.TryParseSpare(entry.Name, out _))
            && files.List(AtomicFile.StagingDirectory).All(entry => entry.Name is RootFile.Name or SegmentNames.Ballast or StorePlacement.IdentityFile or CreationMark.Name)
            && files.List(CheckpointNames.Directory).Count == 0
            && new[] { Quarantine.Directory, FilesDirectory, BackupDirectory }.All(directory => files.List(directory).Count == 0);
    }

    /// <summary>What is in the store's directory, without those who wait for its lock: they come and go.</summary>
    private static FileEntry[] ListTop(IFileSystem files) => [.. files.List("").Where(entry => !LockQueue.IsTicket(entry))];

    public static void CreateDirectories(IFileSystem files)
    {
        foreach (string directory in Directories)
            files.CreateDirectory(directory);
        files.SyncDirectory("");
    }

    /// <summary>Creates what is missing, and makes the names in the store's directory durable, whoever made them.</summary>
    /// <param name="files">The store's files.</param>
    /// <param name="archives">Whether the store is to have an archive.</param>
    public static void EnsureDirectories(IFileSystem files, bool archives)
    {
        HashSet<string> present = [.. files.List("").Where(entry => entry.Kind == FileEntryKind.Directory).Select(entry => entry.Name)];
        foreach (string directory in Directories.Concat(archives ? (string[])[ArchiveName.Directory] : []).Where(directory => !present.Contains(directory)))
            files.CreateDirectory(directory);
        files.SyncDirectory("");
    }

    /// <summary>Names in staging: leftovers of operations cut short, unless a writer is at work.</summary>
    public static IReadOnlyList<string> FindStagingLeftovers(IFileSystem files) =>
        files.List(AtomicFile.StagingDirectory).Where(entry => entry.Kind == FileEntryKind.File).Select(entry => $"{AtomicFile.StagingDirectory}/{entry.Name}").ToArray();

    /// <summary>Removes what operations cut short have left in staging.</summary>
    /// <param name="files">The store's files.</param>
    /// <param name="kept">A name that stays.</param>
    /// <returns>The names removed.</returns>
    public static IReadOnlyList<string> RemoveStagingLeftovers(IFileSystem files, string? kept = null)
    {
        List<string> removed = [];
        foreach (FileEntry entry in files.List(AtomicFile.StagingDirectory))
        {
            if (entry.Kind != FileEntryKind.File || entry.Name == kept)
                continue;
            files.Delete($"{AtomicFile.StagingDirectory}/{entry.Name}");
            removed.Add(entry.Name);
        }

        return removed;
    }

    /// <summary>
    /// ROOT is in place before the first frame is written. So a log with a frame, or with anything but one first segment, has lost its ROOT.
    /// </summary>
    private static bool HasFrames(IFileSystem files)
    {
        SegmentCatalog catalog = SegmentCatalog.Read(files, storeId: null);
        if (catalog.Segments.Count > 1 || catalog.Segments.Any(segment => segment.Sequence != 1))
            return catalog.Segments.Count > 0;
        if (catalog.Segments.Count == 0)
            return false;
        // A creation gives the segment its name when the header is durable: one without a valid header was damaged later.
        if (catalog.Segments[0].Header is not SegmentHeader header)
            return true;
        using IFile file = files.Open(catalog.Segments[0].Path, FileIntent.Read);
        using ReadWindow window = new(file);
        return TailProof.HasFrameHeader(window, header, SegmentHeader.Bytes);
    }
}
