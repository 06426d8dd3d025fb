namespace Persistence.Storage.Simulated;

/// <summary>What a family of file systems promises about pending changes after a power cut. The least promising one allows every subset of them.</summary>
/// <param name="Name">Its name in reports.</param>
public sealed record CrashProfile(string Name)
{
    /// <summary>POSIX and nothing more: any subset of what is pending.</summary>
    public static readonly CrashProfile PosixMin = new("posix-min");

    /// <summary>Names and sizes in order, a size only with its bytes: the default.</summary>
    public static readonly CrashProfile OrderedMetadata = new("ordered-metadata") { MetadataInOrder = true, SizeImpliesData = true, RenameIsOne = true };

    /// <summary>ext4, data=ordered: any sync commits all earlier names; written sizes come late, with their bytes, but before a rename that replaces a file.</summary>
    public static readonly CrashProfile Ext4Ordered = new("ext4-ordered")
    {
        MetadataInOrder = true,
        SizeImpliesData = true,
        RenameIsOne = true,
        SyncCommitsMetadata = true,
        DelaysAllocation = true,
    };

    /// <summary>ext4, data=writeback: a size may come before its bytes, and what was never written reads as what the disk held before.</summary>
    public static readonly CrashProfile Ext4Writeback = new("ext4-writeback")
    {
        MetadataInOrder = true,
        RenameIsOne = true,
        SyncCommitsMetadata = true,
        ShowsStaleBytes = true,
    };

    /// <summary>A disk that may spoil the rest of a sector of which a part was being written.</summary>
    public static readonly CrashProfile NoPowersafeOverwrite = new("no-powersafe-overwrite") { SpoilsNeighbours = true };

    /// <summary>A disk whose last syncs did nothing. No store can survive it; what happens is reported.</summary>
    public static readonly CrashProfile LyingDisk = new("lying-disk") { LostSyncs = 2 };

    /// <summary>All, from the strictest promise to the weakest.</summary>
    public static IReadOnlyList<CrashProfile> All { get; } = (CrashProfile[])[Ext4Ordered, OrderedMetadata, Ext4Writeback, PosixMin, NoPowersafeOverwrite, LyingDisk];

    /// <summary>Names and sizes persist as a prefix in the order in which they were made.</summary>
    public bool MetadataInOrder { get; private init; }

    /// <summary>A size is on the medium only together with the bytes that were written below it.</summary>
    public bool SizeImpliesData { get; private init; }

    /// <summary>Any sync makes all earlier names durable, whatever file it was of.</summary>
    public bool SyncCommitsMetadata { get; private init; }

    /// <summary>The size a write gives a file is not in order with names: a new name may be there and its file empty.</summary>
    public bool DelaysAllocation { get; private init; }

    /// <summary>A rename between two directories is one step.</summary>
    public bool RenameIsOne { get; private init; }

    /// <summary>What was not written below a size may read as anything, not only as zeros.</summary>
    public bool ShowsStaleBytes { get; private init; }

    /// <summary>Bytes next to those being written, in the same sector, may be lost.</summary>
    public bool SpoilsNeighbours { get; private init; }

    /// <summary>So many of the last syncs before the cut did nothing.</summary>
    public int LostSyncs { get; private init; }

    /// <summary>The profile of that name, or null.</summary>
    public static CrashProfile? Find(string name) => All.FirstOrDefault(profile => profile.Name == name);
}
