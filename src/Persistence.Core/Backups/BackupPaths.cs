using Persistence.Checkpoints;
using Persistence.Files;
using Persistence.Wal;

namespace Persistence.Backups;

/// <summary>Which files of a store belong into a backup.</summary>
internal static class BackupPaths
{
    /// <summary>The store's configuration.</summary>
    public const string Configuration = "persistence.toml";

    /// <summary>The directories there may be in a backup.</summary>
    public static readonly IReadOnlyList<string> Directories = (string[])[SegmentNames.Directory, CheckpointNames.Directory, FileNames.Directory];

    /// <summary>A manifest opens nothing else.</summary>
    public static bool IsAllowed(string path)
    {
        int slash = path.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0)
            return path == Configuration;
        string name = path[(slash + 1)..];
        return path[..slash] switch
        {
            SegmentNames.Directory => SegmentNames.TryParse(name, out _),
            CheckpointNames.Directory => CheckpointNames.TryParse(name, out _, out _),
            FileNames.Directory => name.Length > 0 && FileNames.IsAllowed(name),
            _ => false,
        };
    }

    public static bool IsSegment(string path) => path.StartsWith($"{SegmentNames.Directory}/", StringComparison.Ordinal);

    public static bool IsFile(string path) => path.StartsWith($"{FileNames.Directory}/", StringComparison.Ordinal);
}
