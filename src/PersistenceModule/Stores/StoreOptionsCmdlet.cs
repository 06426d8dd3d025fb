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
    public DurabilityMode Durability { get; set; }

    /// <summary>How long to wait for another writer to leave; a number is seconds.</summary>
    [Parameter]
    [DurationTransformation]
    public TimeSpan LockTimeout { get; set; }

    /// <summary>The longest time between a commit and its flush when the durability is Batch; a number is seconds.</summary>
    [Parameter]
    [DurationTransformation]
    public TimeSpan FlushInterval { get; set; }

    /// <summary>Size of a log segment in bytes.</summary>
    [Parameter]
    public int SegmentBytes { get; set; }

    /// <summary>A checkpoint is taken after so many bytes of log; 0 for never.</summary>
    [Parameter]
    public long CheckpointLogBytes { get; set; }

    /// <summary>How many checkpoints are kept.</summary>
    [Parameter]
    public int CheckpointsRetained { get; set; }

    /// <summary>Log that recovery no longer needs is kept for reading up to so many bytes.</summary>
    [Parameter]
    public long LogRetainBytes { get; set; }

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

    /// <summary>What the parameters that were given say; the store's configuration says the rest.</summary>
    /// <exception cref="StoreException">ConfigurationInvalid.</exception>
    private protected OptionOverrides ToOverrides()
    {
        OptionOverrides given = GivenLockTimeout(LockTimeout);
        given = Give(given, nameof(Durability), nameof(StoreOptions.Durability), Durability);
        given = Give(given, nameof(FlushInterval), nameof(StoreOptions.FlushIntervalMs), DurationTransformationAttribute.ToMilliseconds(FlushInterval));
        given = Give(given, nameof(SegmentBytes), nameof(StoreOptions.SegmentBytes), SegmentBytes);
        given = Give(given, nameof(CheckpointLogBytes), nameof(StoreOptions.CheckpointLogBytes), CheckpointLogBytes);
        given = Give(given, nameof(CheckpointsRetained), nameof(StoreOptions.CheckpointsRetained), CheckpointsRetained);
        given = Give(given, nameof(LogRetainBytes), nameof(StoreOptions.LogRetainBytes), LogRetainBytes);
        given = Give(given, nameof(LogRetainSegments), nameof(StoreOptions.LogRetainSegments), LogRetainSegments);
        given = Give(given, nameof(LogRetainFor), nameof(StoreOptions.LogRetainSeconds), DurationTransformationAttribute.ToSeconds(LogRetainFor));
        given = Give(given, nameof(ArchiveLog), nameof(StoreOptions.ArchiveLog), ArchiveLog.IsPresent);
        given = Give(given, nameof(ArchiveRetainFiles), nameof(StoreOptions.ArchiveRetainFiles), ArchiveRetainFiles);
        given = Give(given, nameof(ArchiveRetainFor), nameof(StoreOptions.ArchiveRetainSeconds), DurationTransformationAttribute.ToSeconds(ArchiveRetainFor));
        given = Give(given, nameof(ArchiveRetainBytes), nameof(StoreOptions.ArchiveRetainBytes), ArchiveRetainBytes);
        return Give(given, nameof(AuditTransactions), nameof(StoreOptions.AuditTransactions), AuditTransactions.IsPresent);
    }

    /// <summary>Opens a handle that outlives the command.</summary>
    private protected WalStore OpenForWriting(string directory, OptionOverrides given)
    {
        using ProgressReporter progress = StartProgress($"Opening '{directory}'");
        return StoreOpening.Open(this, directory, given, progress, RecoveryMode.Strict, StopToken);
    }

    /// <summary>As <see cref="OpenForWriting"/>, creating the store first if there is none.</summary>
    private protected WalStore OpenOrCreate(string directory, OptionOverrides given)
    {
        try
        {
            return OpenForWriting(directory, given);
        }
        catch (StoreException e) when (e.Error == StoreError.StoreNotFound)
        {
            WriteVerbose($"Creating an empty store in '{directory}'.");
            CreateUnlessThere(directory, given);
            return OpenForWriting(directory, given);
        }
    }

    private protected WalStore OpenForReading(string directory)
    {
        using ProgressReporter progress = StartProgress($"Opening '{directory}'");
        return StoreOpening.OpenReadOnly(this, directory, progress);
    }

    /// <summary>Two processes may create at the same time: one does, the other opens what it made.</summary>
    private void CreateUnlessThere(string directory, OptionOverrides given)
    {
        try
        {
            WalStore.Create(directory, given, StopToken);
        }
        catch (StoreException e) when (e.Error == StoreError.StoreExists)
        {
        }
    }
}
