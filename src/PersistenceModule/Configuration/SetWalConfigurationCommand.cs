using System.Management.Automation;
using Persistence.Configuration;
using Persistence.Diagnostics;
using Persistence.Engine;

namespace PersistenceModule;

/// <summary>Set-WalConfiguration: writes keys into the files that configure stores. One parameter per key, of the key's own name; a test holds them against the table of keys.</summary>
[Cmdlet(VerbsCommon.Set, "WalConfiguration", DefaultParameterSetName = ParameterSets.Path, SupportsShouldProcess = true)]
[OutputType(typeof(WalConfiguration))]
public sealed class SetWalConfigurationCommand : ConfigurationCmdlet
{
    private Dictionary<ConfigurationKey, object?> _changes = [];

    /// <summary>When a commit becomes durable: before it is acknowledged (sync), at most durability.flush_interval_ms later (batch), or at a flush only (none).</summary>
    [Parameter]
    public DurabilityMode? DurabilityMode { get; set; }

    /// <summary>In batch mode, the longest time between a commit and its flush, in milliseconds.</summary>
    [Parameter]
    public int? DurabilityFlushIntervalMs { get; set; }

    /// <summary>Size of a log segment, in bytes; counts from the next segment on.</summary>
    [Parameter]
    public int? LogSegmentBytes { get; set; }

    /// <summary>Frames start on multiples of so many bytes, from the next segment on. 512 takes less space; 4096 never rewrites a durable sector on any disk sold today.</summary>
    [Parameter]
    public int? LogSectorBytes { get; set; }

    /// <summary>Commits are gathered into frames of at most so many bytes; a larger transaction takes several.</summary>
    [Parameter]
    public int? LogFrameBytes { get; set; }

    /// <summary>Segments prepared ahead in the background; 0 for none.</summary>
    [Parameter]
    public int? LogSpareSegments { get; set; }

    /// <summary>A segment with content is closed after so many seconds; 0 for never.</summary>
    [Parameter]
    public int? LogSegmentAgeSeconds { get; set; }

    /// <summary>Log that recovery no longer needs is kept for reading up to so many bytes of segments in all.</summary>
    [Parameter]
    public long? LogRetainBytes { get; set; }

    /// <summary>The same limit by number of segments, the active one included; 0 for none. Whichever limit is exceeded first counts.</summary>
    [Parameter]
    public int? LogRetainSegments { get; set; }

    /// <summary>The same limit by age, in seconds: segments whose records are all older may go; 0 for none.</summary>
    [Parameter]
    public int? LogRetainSeconds { get; set; }

    /// <summary>After a flush and so many milliseconds of silence a marker tells readers in other processes what is durable; 0 for no markers.</summary>
    [Parameter]
    public int? LogMarkerDelayMs { get; set; }

    /// <summary>A checkpoint is taken once the log since the last one exceeds so many bytes; 0 for never.</summary>
    [Parameter]
    public long? CheckpointLogBytes { get; set; }

    /// <summary>Closing the store takes a checkpoint if the log since the last one exceeds so many bytes.</summary>
    [Parameter]
    public long? CheckpointCloseBytes { get; set; }

    /// <summary>A checkpoint is taken so many seconds after the last one if anything changed; 0 for never.</summary>
    [Parameter]
    public int? CheckpointIntervalSeconds { get; set; }

    /// <summary>A checkpoint is taken after so many commits; 0 for never.</summary>
    [Parameter]
    public long? CheckpointTransactions { get; set; }

    /// <summary>Checkpoints kept, each with the increments that build on it. The log is kept from where replay of the oldest one starts.</summary>
    [Parameter]
    public int? CheckpointRetained { get; set; }

    /// <summary>Increments that may follow a full checkpoint before a full one is taken again; 0 for full ones only.</summary>
    [Parameter]
    public int? CheckpointIncrements { get; set; }

    /// <summary>Of a state whose full checkpoint is smaller than so many bytes, full ones are taken.</summary>
    [Parameter]
    public long? CheckpointIncrementFromBytes { get; set; }

    /// <summary>The place that has the log's directory wal, on another disk perhaps. A store takes a new place once that directory was moved there.</summary>
    [Parameter]
    public string? PathsLog { get; set; }

    /// <summary>The place that has the directory checkpoints.</summary>
    [Parameter]
    public string? PathsCheckpoints { get; set; }

    /// <summary>The place that has the directory archive.</summary>
    [Parameter]
    public string? PathsArchive { get; set; }

    /// <summary>Bytes held on the disk for when it is full, for deletes and a checkpoint; 0 for none, at least 65536 otherwise.</summary>
    [Parameter]
    public long? ReserveBallastBytes { get; set; }

    /// <summary>A full checkpoint and the increments after it are merged in the background once the increments have so many bytes together; 0 for never.</summary>
    [Parameter]
    public long? CompactionSizeBytes { get; set; }

    /// <summary>The same once they have this share of the full one's size, in percent, and 65536 bytes at least; 0 for never.</summary>
    [Parameter]
    public int? CompactionRatioPercent { get; set; }

    /// <summary>The same once the full one they build on is so many seconds old; 0 for never.</summary>
    [Parameter]
    public int? CompactionAgeSeconds { get; set; }

    /// <summary>Whether log that is no longer kept goes into the archive, compressed, instead of being dropped. Application records then live as long as the archive keeps them.</summary>
    [Parameter]
    public bool? ArchiveEnabled { get; set; }

    /// <summary>Archived segments kept; 0 for no limit. Whichever limit of the archive is exceeded first counts; what recovery may need stays all the same.</summary>
    [Parameter]
    public int? ArchiveRetainFiles { get; set; }

    /// <summary>The same limit by age, in seconds: archived segments whose records are all older may go; 0 for none.</summary>
    [Parameter]
    public int? ArchiveRetainSeconds { get; set; }

    /// <summary>The same limit by bytes of the archived files; 0 for none.</summary>
    [Parameter]
    public long? ArchiveRetainBytes { get; set; }

    /// <summary>Whether checkpoints and archived segments are compressed: with zstd where its library is found, else with Brotli.</summary>
    [Parameter]
    public bool? CompressionEnabled { get; set; }

    /// <summary>How hard checkpoints and archived segments are compressed: 1 is fast, 19 is small.</summary>
    [Parameter]
    public int? CompressionLevel { get; set; }

    /// <summary>How long opening for writing waits for another writer to leave, in milliseconds; 0 for not at all.</summary>
    [Parameter]
    public int? LockTimeoutMs { get; set; }

    /// <summary>After so many waits for the lock in a row that ran out, this process does not wait for it for a while.</summary>
    [Parameter]
    public int? LockCircuitFailures { get; set; }

    /// <summary>How long that while is, in milliseconds.</summary>
    [Parameter]
    public int? LockCircuitOpenMs { get; set; }

    /// <summary>Files kept in quarantine before the oldest makes room.</summary>
    [Parameter]
    public int? QuarantineFiles { get; set; }

    /// <summary>Bytes kept in quarantine before the oldest file makes room; the newest file always stays.</summary>
    [Parameter]
    public long? QuarantineBytes { get; set; }

    /// <summary>Whether a transaction that is rolled back is noted in the log.</summary>
    [Parameter]
    public bool? TransactionsAudit { get; set; }

    /// <summary>Lines of output kept per pane, counted by line feeds; 0 for no limit by lines. What exceeds this limit or that of bytes goes, oldest first, in pieces of up to 64 KiB.</summary>
    [Parameter]
    public int? TerminalsScrollbackLines { get; set; }

    /// <summary>Bytes of output kept per pane; up to 64 KiB more may be there.</summary>
    [Parameter]
    public long? TerminalsScrollbackBytes { get; set; }

    /// <summary>A checkpoint is taken once so many bytes of output, of all panes, are in memory and in no checkpoint.</summary>
    [Parameter]
    public long? TerminalsScrollbackMemoryBytes { get; set; }

    /// <summary>Output of a pane goes into the log once there are so many bytes of it.</summary>
    [Parameter]
    public int? TerminalsOutputBatchBytes { get; set; }

    /// <summary>The same once the oldest of it is so many milliseconds old; 0 for at once.</summary>
    [Parameter]
    public int? TerminalsOutputBatchMs { get; set; }

    /// <summary>How often a pane's working directory is looked at, in milliseconds; 0 for never.</summary>
    [Parameter]
    public int? TerminalsDirectoryIntervalMs { get; set; }

    /// <summary>Environment variables of panes whose names match one of these patterns, with wildcards * and ?, in any case, keep their names and not their values; an empty list withholds nothing.</summary>
    [Parameter]
    public string[]? TerminalsSecretPatterns { get; set; }

    /// <summary>Return the keys as they are then.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <summary>What does not fit its key is refused here: before anything is written, and under -WhatIf too.</summary>
    private protected override void Begin()
    {
        _changes = ConfigurationKeys.All.Where(key => Given(key) is not null).ToDictionary(key => key, key => (object?)key.Accept(Given(key)!));
        if (_changes.Count == 0)
            throw new StoreException(StoreError.ConfigurationInvalid, "No key was given. Name what to set, for example -CheckpointRetained 3; Get-WalConfiguration lists the keys.");
    }

    private protected override void Process() => ForEachTarget(target =>
    {
        if (!ShouldProcess(target.Directory, $"Set {string.Join(", ", _changes.Select(change => $"{change.Key} = {change.Key.Format(change.Value!)}"))}"))
            return;
        Change(target, host => ConfigurationFile.Change(host, _changes));
        StoreConfiguration configuration = Read(target);
        foreach (ConfiguredValue value in configuration.Values)
            TellUnlessInForce(value);
        if (PassThru)
            Write(target, configuration, _changes.ContainsKey);
    });

    private object? Given(ConfigurationKey key) => MyInvocation.BoundParameters.GetValueOrDefault(key.ParameterName);

    private void TellUnlessInForce(ConfiguredValue value)
    {
        if (!_changes.TryGetValue(value.Key, out object? wanted) || wanted!.Equals(value.Value))
            return;
        WriteWarning(value.Pending is not null
            ? $"{value.Key} is in the file and takes effect when the store is opened again."
            : $"{value.Key} is in the file, and is overridden: {Describe(value)}.");
    }

    private static string Describe(ConfiguredValue value) => value.Source == ConfigurationSource.Environment
        ? $"the environment variable {value.Key.EnvironmentVariable} says {value.Key.Format(value.Value)}"
        : $"whoever opened the store said {value.Key.Format(value.Value)}";
}
