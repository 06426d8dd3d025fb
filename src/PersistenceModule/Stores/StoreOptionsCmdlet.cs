using System.Management.Automation;
using Persistence.Configuration;
using Persistence.Diagnostics;
using Persistence.Recovery;

namespace PersistenceModule;

/// <summary>A command that opens a store for more than itself: how the store behaves while it is open.</summary>
public abstract class StoreOptionsCmdlet : WalCmdlet
{
    /// <summary>When a commit becomes durable.</summary>
    [Parameter]
    public DurabilityMode Durability { get; set; } = DurabilityMode.Sync;

    /// <summary>How long to wait for another writer to leave; a number is seconds.</summary>
    [Parameter]
    [DurationTransformation]
    public TimeSpan LockTimeout { get; set; }

    /// <summary>The longest time between a commit and its flush when the durability is Batch; a number is seconds.</summary>
    [Parameter]
    [DurationTransformation]
    public TimeSpan FlushInterval { get; set; } = TimeSpan.FromMilliseconds(new StoreOptions().FlushIntervalMs);

    /// <summary>Size of a log segment in bytes.</summary>
    [Parameter]
    public int SegmentBytes { get; set; } = new StoreOptions().SegmentBytes;

    /// <summary>A checkpoint is taken after so many bytes of log; 0 for never.</summary>
    [Parameter]
    public long CheckpointLogBytes { get; set; } = new StoreOptions().CheckpointLogBytes;

    /// <summary>How many checkpoints are kept.</summary>
    [Parameter]
    public int CheckpointsRetained { get; set; } = new StoreOptions().CheckpointsRetained;

    /// <summary>Log that recovery no longer needs is kept for reading up to so many bytes.</summary>
    [Parameter]
    public long LogRetainBytes { get; set; } = new StoreOptions().LogRetainBytes;

    /// <summary>The same limit by number of segments; 0 for none.</summary>
    [Parameter]
    public int LogRetainSegments { get; set; }

    /// <summary>The same limit by age; a number is seconds, 0 for none.</summary>
    [Parameter]
    [DurationTransformation]
    public TimeSpan LogRetainFor { get; set; }

    /// <summary>Put log that is no longer kept into the archive instead of dropping it.</summary>
    [Parameter]
    public SwitchParameter ArchiveLog { get; set; }

    /// <summary>So many archived segments are kept; 0 for no limit.</summary>
    [Parameter]
    public int ArchiveRetainFiles { get; set; }

    /// <summary>The same limit by age; a number is seconds, 0 for none.</summary>
    [Parameter]
    [DurationTransformation]
    public TimeSpan ArchiveRetainFor { get; set; }

    /// <summary>The same limit by bytes of the archive's files; 0 for none.</summary>
    [Parameter]
    public long ArchiveRetainBytes { get; set; }

    /// <summary>Note in the log the transactions that are rolled back.</summary>
    [Parameter]
    public SwitchParameter AuditTransactions { get; set; }

    /// <summary>The options, checked.</summary>
    /// <exception cref="Persistence.Diagnostics.StoreException">ConfigurationInvalid.</exception>
    private protected StoreOptions ToOptions() => new()
    {
        Durability = Durability,
        LockTimeoutMs = DurationTransformationAttribute.ToMilliseconds(LockTimeout),
        FlushIntervalMs = DurationTransformationAttribute.ToMilliseconds(FlushInterval),
        SegmentBytes = SegmentBytes,
        CheckpointLogBytes = CheckpointLogBytes,
        CheckpointsRetained = CheckpointsRetained,
        LogRetainBytes = LogRetainBytes,
        LogRetainSegments = LogRetainSegments,
        LogRetainSeconds = DurationTransformationAttribute.ToSeconds(LogRetainFor),
        ArchiveLog = ArchiveLog,
        ArchiveRetainFiles = ArchiveRetainFiles,
        ArchiveRetainSeconds = DurationTransformationAttribute.ToSeconds(ArchiveRetainFor),
        ArchiveRetainBytes = ArchiveRetainBytes,
        AuditTransactions = AuditTransactions,
    };

    /// <summary>Opens a handle that outlives the command.</summary>
    private protected WalStore OpenForWriting(string directory, StoreOptions options)
    {
        using ProgressReporter progress = StartProgress($"Opening '{directory}'");
        return StoreOpening.Open(this, directory, options, progress, RecoveryMode.Strict, StopToken);
    }

    /// <summary>As <see cref="OpenForWriting"/>, creating the store first if there is none.</summary>
    private protected WalStore OpenOrCreate(string directory, StoreOptions options)
    {
        try
        {
            return OpenForWriting(directory, options);
        }
        catch (StoreException e) when (e.Error == StoreError.StoreNotFound)
        {
            WriteVerbose($"Creating an empty store in '{directory}'.");
            CreateUnlessThere(directory, options);
            return OpenForWriting(directory, options);
        }
    }

    private protected WalStore OpenForReading(string directory)
    {
        using ProgressReporter progress = StartProgress($"Opening '{directory}'");
        return StoreOpening.OpenReadOnly(this, directory, progress);
    }

    /// <summary>Two processes may create at the same time: one does, the other opens what it made.</summary>
    private void CreateUnlessThere(string directory, StoreOptions options)
    {
        try
        {
            WalStore.Create(directory, options, StopToken);
        }
        catch (StoreException e) when (e.Error == StoreError.StoreExists)
        {
        }
    }
}
