using System.Globalization;

namespace Persistence.Checkpoints;

/// <summary>Names of checkpoint files.</summary>
internal static class CheckpointNames
{
    public const string Directory = "checkpoints";
    private const string FullSuffix = ".full";
    private const long IdMax = 1_000_000_000_000_000;

    public static string File(long id) => string.Create(CultureInfo.InvariantCulture, $"{id:D10}{FullSuffix}");

    public static string Path(long id) => $"{Directory}/{File(id)}";

    public static string StagingPath(long id) => $"staging/{File(id)}";

    /// <summary>The id in a checkpoint's name; exactly the names <see cref="File"/> makes are checkpoints.</summary>
    public static bool TryParse(string name, out long id)
    {
        id = 0;
        return name.EndsWith(FullSuffix, StringComparison.Ordinal)
            && long.TryParse(name.AsSpan(0, name.Length - FullSuffix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out id)
            && id is > 0 and <= IdMax
            && name == File(id);
    }
}
