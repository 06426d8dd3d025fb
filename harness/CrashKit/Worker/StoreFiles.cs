using Persistence.CrashKit.Simulation;
using Persistence.Storage;

namespace Persistence.CrashKit.Worker;

/// <summary>Which of a store's files is which, by the names the format gives them; and what one holds.</summary>
internal static class StoreFiles
{
    public const string Log = "wal";
    public const string Quarantine = "quarantine";

    public static bool IsSegment(string path) =>
        path.StartsWith("wal/", StringComparison.Ordinal) && path.EndsWith(".wal", StringComparison.Ordinal);

    public static bool IsCheckpoint(string path) => path.StartsWith("checkpoints/", StringComparison.Ordinal);

    public static bool IsArchived(string path) => path.StartsWith("archive/", StringComparison.Ordinal) && HasArchiveName(path);

    public static bool IsStagedCheckpoint(string path) => IsStaged(path) && HasCheckpointName(path);

    public static bool IsStagedArchive(string path) => IsStaged(path) && HasArchiveName(path);

    public static bool HasCheckpointName(string path) => path.EndsWith(".full", StringComparison.Ordinal) || HasIncrementName(path);

    public static bool HasIncrementName(string path) => path.EndsWith(".incr", StringComparison.Ordinal);

    public static bool HasArchiveName(string path) => path.EndsWith(".none", StringComparison.Ordinal) || path.EndsWith(".brotli", StringComparison.Ordinal) || path.EndsWith(".zstd", StringComparison.Ordinal);

    /// <summary>Whether a file is being prepared, in the store or in another place that has a part of it.</summary>
    public static bool IsStaged(string path) => SimulatedPlace.PathInStore(path).StartsWith("staging/", StringComparison.Ordinal);

    public static bool IsRoot(string path) => path == "ROOT";

    /// <summary>The name, in the log, of a segment that lies in quarantine because it was damaged: not one that was kept when a copy took its place. Null for what is none.</summary>
    public static string? FindSegmentSetAside(string quarantined)
    {
        int dash = quarantined.IndexOf('-', StringComparison.Ordinal);
        string name = quarantined[(dash + 1)..];
        return dash > 0 && IsSegment($"{Log}/{name}") && !name.Contains('-', StringComparison.Ordinal) ? name : null;
    }

    /// <summary>All of a file; null when there is none.</summary>
    public static byte[]? TryRead(IFileSystem disk, string path)
    {
        try
        {
            using IFile file = disk.Open(path, FileIntent.Read);
            byte[] content = new byte[file.GetLength()];
            file.Read(content, 0);
            return content;
        }
        catch (StorageException e) when (e.Fault == StorageFault.NotFound)
        {
            return null;
        }
    }
}
