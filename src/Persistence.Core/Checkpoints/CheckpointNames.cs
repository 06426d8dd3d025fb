using System.Globalization;
using Persistence.Root;

namespace Persistence.Checkpoints;

/// <summary>Names of checkpoint files.</summary>
internal static class CheckpointNames
{
    public const string Directory = "checkpoints";
    private const string FullSuffix = ".full";
    private const string IncrementSuffix = ".incr";
    private const long IdMax = 1_000_000_000_000_000;

    public static string File(long id, int kind) => string.Create(CultureInfo.InvariantCulture, $"{id:D10}{(kind == RootCheckpoint.Increment ? IncrementSuffix : FullSuffix)}");

    public static string Path(long id, int kind) => $"{Directory}/{File(id, kind)}";

    public static string Path(RootCheckpoint checkpoint) => Path(checkpoint.Id, checkpoint.Kind);

    public static string StagingPath(long id, int kind) => $"staging/{File(id, kind)}";

    /// <summary>The id in a checkpoint's name; exactly the names <see cref="File"/> makes are checkpoints.</summary>
    public static bool TryParse(string name, out long id, out int kind)
    {
        id = 0;
        kind = name.EndsWith(IncrementSuffix, StringComparison.Ordinal) ? RootCheckpoint.Increment : RootCheckpoint.Full;
        string suffix = kind == RootCheckpoint.Increment ? IncrementSuffix : FullSuffix;
        return name.EndsWith(suffix, StringComparison.Ordinal)
            && long.TryParse(name.AsSpan(0, name.Length - suffix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out id)
            && id is > 0 and <= IdMax
            && name == File(id, kind);
    }
}
