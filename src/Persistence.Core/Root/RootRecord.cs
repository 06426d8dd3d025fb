using Persistence.State;

namespace Persistence.Root;

/// <summary>The content of ROOT. Immutable: an update makes a new one with the next generation.</summary>
public sealed record RootRecord
{
    /// <summary>Counts updates; the slot is the generation modulo two.</summary>
    public long Generation { get; init; }

    /// <summary>Features that a reader must know; none are defined.</summary>
    public uint IncompatibleFeatures { get; init; }

    /// <summary>Features that a writer must know; none are defined.</summary>
    public uint ReadOnlyCompatibleFeatures { get; init; }

    /// <summary>Features that nobody needs to know.</summary>
    public uint CompatibleFeatures { get; init; }

    /// <summary>Which store this is.</summary>
    public Guid StoreId { get; init; }

    /// <summary>The greatest epoch in use.</summary>
    public long Epoch { get; init; }

    /// <summary>Sequence of the segment that takes frames.</summary>
    public long ActiveSequence { get; init; }

    /// <summary>Its first LSN.</summary>
    public Lsn ActiveFirstLsn { get; init; }

    /// <summary>Its salt.</summary>
    public ulong ActiveSalt { get; init; }

    /// <summary>The first segment recovery may need.</summary>
    public long OldestNeededSequence { get; init; }

    /// <summary>Where the oldest retained chain's replay starts.</summary>
    public Lsn OldestNeededLsn { get; init; }

    /// <summary>Everything below is synced.</summary>
    public Lsn DurableFloor { get; init; }

    /// <summary>The last writer closed the store and nobody has opened it for writing since.</summary>
    public bool Clean { get; init; }

    /// <summary>Published checkpoints, oldest first.</summary>
    public IReadOnlyList<RootCheckpoint> Checkpoints { get; init; } = [];

    /// <summary>Branches, oldest first.</summary>
    public IReadOnlyList<RootBranch> Branches { get; init; } = [];

    /// <summary>Directories that lie elsewhere.</summary>
    public IReadOnlyList<RootDirectory> Directories { get; init; } = [];

    /// <summary>Boot id of the last writer; empty when its system had none.</summary>
    public string BootId { get; init; } = "";

    /// <summary>When the store was created, 100 ns units since 1970-01-01 UTC.</summary>
    public long Created { get; init; }

    /// <summary>The id the next checkpoint gets.</summary>
    public long NextCheckpointId { get; init; } = 1;

    /// <summary>No position below was free when ROOT was last rebuilt or a segment named: a new segment begins at or above it.</summary>
    public Lsn FreeLsn { get; init; }

    /// <summary>Body entries this version does not know, kept as they are: raw MessagePack key and value pairs.</summary>
    public IReadOnlyList<byte[]> UnknownEntries { get; init; } = [];
}
