using Persistence.Checkpoints;
using Persistence.Recovery;
using Persistence.Root;
using Persistence.Storage;
using Persistence.Wal;

namespace Persistence.Engine;

/// <summary>What belongs in a store's directory.</summary>
internal static class StoreLayout
{
    public static readonly IReadOnlyList<string> Directories =
        [SegmentNames.Directory, CheckpointNames.Directory, AtomicFile.StagingDirectory, Quarantine.Directory];

    private static readonly HashSet<string> KnownNames = new(StringComparer.Ordinal)
    {
        "LOCK", "OWNER", RootFile.Name, "wal", "checkpoints", "archive", "staging", "quarantine", "backup", "files", "recovery.log", "recovery.log.1", "persistence.toml",
    };

    /// <summary>Names in the store's directory that are none of its own.</summary>
    public static IReadOnlyList<string> FindUnknown(IFileSystem files) =>
        [.. files.List("").Select(entry => entry.Name).Where(name => !KnownNames.Contains(name))];

    /// <summary>Whether the directory holds a store, the beginning of one, nothing, or something else.</summary>
    public static StoreContent Classify(IFileSystem files)
    {
        IReadOnlyList<FileEntry> top = files.List("");
        if (top.Any(entry => entry.Name == RootFile.Name))
            return StoreContent.Store;
        if (top.Count == 0)
            return StoreContent.Empty;
        bool hasCheckpoint = files.List(CheckpointNames.Directory).Any(entry => CheckpointNames.TryParse(entry.Name, out _));
        if (hasCheckpoint || HasFrames(files))
            return StoreContent.StoreWithoutRoot;
        return top.Any(entry => !KnownNames.Contains(entry.Name)) ? StoreContent.Foreign : StoreContent.CreationCutShort;
    }

    public static void CreateDirectories(IFileSystem files)
    {
        foreach (string directory in Directories)
            files.CreateDirectory(directory);
        files.SyncDirectory("");
    }

    /// <summary>Removes what operations cut short have left in staging.</summary>
    /// <returns>The names removed.</returns>
    public static IReadOnlyList<string> RemoveStagingLeftovers(IFileSystem files)
    {
        List<string> removed = [];
        foreach (FileEntry entry in files.List(AtomicFile.StagingDirectory))
        {
            if (entry.Kind != FileEntryKind.File)
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
        if (catalog.Segments.Count == 0 || catalog.Segments[0].Header is not SegmentHeader header)
            return false;
        using IFile file = files.Open(catalog.Segments[0].Path, FileIntent.Read);
        return TailProof.HasFrameHeader(new ReadWindow(file), header, SegmentHeader.Bytes);
    }
}
