namespace Persistence.Storage.Simulated;

/// <summary>What a family of file systems promises about pending changes after a power cut.</summary>
/// <param name="Name">Its name in reports.</param>
/// <param name="MetadataInOrder">Names and sizes persist as a prefix in the order they were made.</param>
/// <param name="SizeImpliesData">A size is on the medium only together with the bytes that were written below it.</param>
/// <param name="SyncCommitsMetadata">Any sync makes all earlier names and sizes durable, whatever file it was of.</param>
/// <param name="RenameIsOne">A rename between two directories is one step.</param>
/// <param name="GarbageBelowSize">What was not written below a size may read as anything, not only zeros.</param>
/// <param name="LostSyncs">So many of the last syncs did nothing.</param>
internal sealed record CrashProfile(
    string Name, bool MetadataInOrder, bool SizeImpliesData, bool SyncCommitsMetadata, bool RenameIsOne, bool GarbageBelowSize, int LostSyncs)
{
    /// <summary>Any subset.</summary>
    public static readonly CrashProfile PosixMin = new("posix-min", false, false, false, false, false, 0);

    /// <summary>Names and sizes in order, sizes with their data: the default.</summary>
    public static readonly CrashProfile OrderedMetadata = new("ordered-metadata", true, true, false, true, false, 0);

    public static readonly CrashProfile Ext4Ordered = new("ext4-ordered", true, true, true, true, false, 0);

    public static readonly CrashProfile Ext4Writeback = new("ext4-writeback", true, false, true, true, true, 0);
}
