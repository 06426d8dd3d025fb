namespace Persistence.CrashKit.Soak;

/// <summary>The lengths of a store's files.</summary>
/// <param name="LogBytes">In <c>wal/</c>: spares and what is held for a full disk too.</param>
/// <param name="CheckpointBytes">In <c>checkpoints/</c>.</param>
/// <param name="ArchiveBytes">In <c>archive/</c>.</param>
/// <param name="QuarantineBytes">In <c>quarantine/</c>.</param>
/// <param name="OtherBytes">All the rest.</param>
public readonly record struct DiskUse(long LogBytes, long CheckpointBytes, long ArchiveBytes, long QuarantineBytes, long OtherBytes)
{
    /// <summary>All of it.</summary>
    public long Bytes => LogBytes + CheckpointBytes + ArchiveBytes + QuarantineBytes + OtherBytes;

    /// <summary>Adds up the files in some directories, those in directories below included. What comes or goes meanwhile may count or not.</summary>
    internal static DiskUse Of(IEnumerable<string> directories) => directories.Aggregate(default(DiskUse), static (sum, directory) => Add(sum, directory));

    /// <inheritdoc/>
    public override string ToString() =>
        $"log {Flatness.Mebibytes(LogBytes)}, checkpoints {Flatness.Mebibytes(CheckpointBytes)}, archive {Flatness.Mebibytes(ArchiveBytes)}, quarantine {Flatness.Mebibytes(QuarantineBytes)}, rest {Flatness.Mebibytes(OtherBytes)}";

    private static DiskUse Add(DiskUse sum, string directory)
    {
        try
        {
            return new DirectoryInfo(directory).EnumerateFiles("*", SearchOption.AllDirectories).Aggregate(sum, static (sum, file) => Add(sum, file.Directory?.Name, LengthOf(file)));
        }
        catch (DirectoryNotFoundException)
        {
            return sum;
        }
    }

    private static DiskUse Add(in DiskUse sum, string? directory, long bytes) => directory switch
    {
        "wal" => sum with { LogBytes = sum.LogBytes + bytes },
        "checkpoints" => sum with { CheckpointBytes = sum.CheckpointBytes + bytes },
        "archive" => sum with { ArchiveBytes = sum.ArchiveBytes + bytes },
        "quarantine" => sum with { QuarantineBytes = sum.QuarantineBytes + bytes },
        _ => sum with { OtherBytes = sum.OtherBytes + bytes },
    };

    private static long LengthOf(FileInfo file)
    {
        try
        {
            return file.Length;
        }
        catch (FileNotFoundException)
        {
            return 0;
        }
    }
}
