using Persistence.State;

namespace Persistence.Backups;

/// <summary>One file of a backup; fields in FORMAT.md.</summary>
/// <param name="Path">Inside a store, and inside the backup.</param>
/// <param name="SizeBytes">Of the file in the store.</param>
/// <param name="Offset">Where in it the backup's bytes belong.</param>
/// <param name="Length">How many these are.</param>
/// <param name="Crc">Their CRC-32C.</param>
/// <param name="Lsn">The record that wrote a file of transactions.</param>
/// <param name="IsInherited">A parent has it.</param>
internal sealed record BackupFile(string Path, long SizeBytes, long Offset, long Length, uint Crc, Lsn Lsn, bool IsInherited)
{
    /// <summary>A file of the backup's own that is whole.</summary>
    public static BackupFile Whole(string path, long length, uint crc, Lsn lsn = default) => new(path, length, 0, length, crc, lsn, IsInherited: false);
}
