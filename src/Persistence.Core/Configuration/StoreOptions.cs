using Persistence.Diagnostics;

namespace Persistence.Configuration;

/// <summary>How a store behaves while it is open. Immutable; every value is checked when it is set.</summary>
/// <exception cref="StoreException"><see cref="StoreError.ConfigurationInvalid"/> from any setter, naming the option and its range.</exception>
public sealed record StoreOptions
{
    private const int Kibibyte = 1 << 10;
    private const int Mebibyte = 1 << 20;

    private readonly int _flushIntervalMs = 50;
    private readonly int _segmentBytes = 16 * Mebibyte;
    private readonly int _sectorBytes = 4096;
    private readonly int _frameBytesMax = 4 * Mebibyte;
    private readonly int _spareSegments = 1;
    private readonly int _segmentAgeMaxSeconds;
    private readonly long _checkpointLogBytes = 64 * Mebibyte;
    private readonly long _checkpointCloseBytes = 4 * Mebibyte;
    private readonly int _checkpointIntervalSeconds;
    private readonly long _checkpointTransactions;
    private readonly int _checkpointsRetained = 2;
    private readonly int _checkpointIncrementsMax = 8;
    private readonly long _checkpointIncrementFromBytes = 1 * Mebibyte;
    private readonly long _logRetainBytes = 256L * Mebibyte;
    private readonly int _logRetainSegments;
    private readonly int _logRetainSeconds;
    private readonly int _archiveRetainFiles;
    private readonly int _archiveRetainSeconds;
    private readonly long _archiveRetainBytes;
    private readonly long _compactionSizeBytes;
    private readonly int _compactionRatioPercent = 50;
    private readonly int _compactionAgeSeconds;
    private readonly int _compressionLevel = 3;
    private readonly int _lockTimeoutMs;
    private readonly int _quarantineFilesMax = 16;
    private readonly long _quarantineBytesMax = 64L * Mebibyte;
    private readonly int _markerDelayMs = 25;
    private readonly long? _reserveBallastBytes;
    private readonly int _terminalScrollbackLines = 10_000;
    private readonly long _terminalScrollbackBytes = 64L * Mebibyte;
    private readonly long _terminalScrollbackMemoryBytes = 64L * Mebibyte;
    private readonly int _terminalOutputBatchBytes = 64 * Kibibyte;
    private readonly int _terminalOutputBatchMs = 10;
    private readonly int _terminalDirectoryIntervalMs = 500;
    private readonly NamePatterns _terminalSecretPatterns = SecretNames.Default;

    /// <summary>When a commit becomes durable. Default: Sync.</summary>
    public DurabilityMode Durability { get; init; } = DurabilityMode.Sync;

    /// <summary>In Batch mode: the longest time between a commit and its flush, in milliseconds (1 to 60,000; default 50).</summary>
    public int FlushIntervalMs { get => _flushIntervalMs; init => _flushIntervalMs = (int)Check(value, 1, 60_000); }

    /// <summary>Size of a log segment in bytes (32 KiB to 1 GiB, a multiple of 4,096; default 16 MiB).</summary>
    public int SegmentBytes { get => _segmentBytes; init => _segmentBytes = (int)Check(value, 32 * Kibibyte, 1024 * Mebibyte, multipleOf: 4096); }

    /// <summary>Frames start on multiples of this many bytes: 512 or 4,096 (default). Smaller takes less space; 4,096 never rewrites a durable sector on any disk sold today.</summary>
    public int SectorBytes
    {
        get => _sectorBytes;
        init => _sectorBytes = value is 512 or 4096 ? value : throw OutOfRange(nameof(SectorBytes), value, "512 or 4096");
    }

    /// <summary>Commits are gathered into frames of at most this many bytes (4 KiB to 64 MiB; default 4 MiB); a larger single commit has a frame of its own.</summary>
    public int FrameBytesMax { get => _frameBytesMax; init => _frameBytesMax = (int)Check(value, 4 * Kibibyte, 64 * Mebibyte); }

    /// <summary>Segments prepared ahead in the background (0 to 16; default 1). 0: segments are prepared when they are needed, and no background thread is started for it.</summary>
    public int SpareSegments { get => _spareSegments; init => _spareSegments = (int)Check(value, 0, 16); }

    /// <summary>A segment with content is closed after this many seconds (0: never, the default; up to ten years).</summary>
    public int SegmentAgeMaxSeconds { get => _segmentAgeMaxSeconds; init => _segmentAgeMaxSeconds = (int)Check(value, 0, 315_360_000); }

    /// <summary>A checkpoint is forced once the log since the last one exceeds this many bytes (0: never; default 64 MiB).</summary>
    public long CheckpointLogBytes { get => _checkpointLogBytes; init => _checkpointLogBytes = Check(value, 0, long.MaxValue); }

    /// <summary>A graceful close takes a checkpoint if the log since the last one exceeds this many bytes (default 4 MiB; <see cref="long.MaxValue"/>: never).</summary>
    public long CheckpointCloseBytes { get => _checkpointCloseBytes; init => _checkpointCloseBytes = Check(value, 0, long.MaxValue); }

    /// <summary>A checkpoint is taken this many seconds after the last one if anything changed (0: never, the default).</summary>
    public int CheckpointIntervalSeconds { get => _checkpointIntervalSeconds; init => _checkpointIntervalSeconds = (int)Check(value, 0, 315_360_000); }

    /// <summary>A checkpoint is taken after this many commits (0: never, the default).</summary>
    public long CheckpointTransactions { get => _checkpointTransactions; init => _checkpointTransactions = Check(value, 0, long.MaxValue); }

    /// <summary>
    /// Increments that may follow a full checkpoint before a full one is taken again (0 to 64; default 8; 0: every checkpoint is full). An increment holds what has changed since the checkpoint before it.
    /// </summary>
    public int CheckpointIncrementsMax { get => _checkpointIncrementsMax; init => _checkpointIncrementsMax = (int)Check(value, 0, 64); }

    /// <summary>Of a state whose full checkpoint is smaller than this many bytes, full ones are taken (default 1 MiB; 0: increments of any state).</summary>
    public long CheckpointIncrementFromBytes { get => _checkpointIncrementFromBytes; init => _checkpointIncrementFromBytes = Check(value, 0, long.MaxValue); }

    /// <summary>Checkpoints kept, each with the increments that build on it (1 to 64; default 2). The log is kept from where replay of the oldest one starts.</summary>
    public int CheckpointsRetained { get => _checkpointsRetained; init => _checkpointsRetained = (int)Check(value, 1, 64); }

    /// <summary>Log that recovery no longer needs is kept for reading up to this many bytes of segments in all (default 256 MiB). Application records live that long.</summary>
    public long LogRetainBytes { get => _logRetainBytes; init => _logRetainBytes = Check(value, 0, long.MaxValue); }

    /// <summary>The same limit by number of segments, the active one included (0: no such limit, the default). Whichever limit is exceeded first counts.</summary>
    public int LogRetainSegments { get => _logRetainSegments; init => _logRetainSegments = (int)Check(value, 0, int.MaxValue); }

    /// <summary>The same limit by age, in seconds: segments whose records are all older may go (0: no such limit, the default; up to ten years).</summary>
    public int LogRetainSeconds { get => _logRetainSeconds; init => _logRetainSeconds = (int)Check(value, 0, 315_360_000); }

    /// <summary>Whether log that is no longer kept goes into the archive instead of being dropped (default false). Application records then live as long as the archive keeps them.</summary>
    public bool ArchiveLog { get; init; }

    /// <summary>Archived segments kept (0: no such limit, the default). Whichever limit of the archive is exceeded first counts; what a recovery may need stays all the same.</summary>
    public int ArchiveRetainFiles { get => _archiveRetainFiles; init => _archiveRetainFiles = (int)Check(value, 0, int.MaxValue); }

    /// <summary>The same limit by age, in seconds: archived segments whose records are all older may go (0: no such limit, the default; up to ten years).</summary>
    public int ArchiveRetainSeconds { get => _archiveRetainSeconds; init => _archiveRetainSeconds = (int)Check(value, 0, 315_360_000); }

    /// <summary>The same limit by bytes of the archive's files, as they are stored (0: no such limit, the default).</summary>
    public long ArchiveRetainBytes { get => _archiveRetainBytes; init => _archiveRetainBytes = Check(value, 0, long.MaxValue); }

    /// <summary>A full checkpoint and the increments after it are merged in the background once the increments have this many bytes together (0: never, the default).</summary>
    public long CompactionSizeBytes { get => _compactionSizeBytes; init => _compactionSizeBytes = Check(value, 0, long.MaxValue); }

    /// <summary>The same once they have this share of the full one's size, in percent and 64 KiB at least (0: never; at most 10,000; default 50).</summary>
    public int CompactionRatioPercent { get => _compactionRatioPercent; init => _compactionRatioPercent = (int)Check(value, 0, 10_000); }

    /// <summary>The same once the full one they build on is this many seconds old (0: never, the default; up to ten years).</summary>
    public int CompactionAgeSeconds { get => _compactionAgeSeconds; init => _compactionAgeSeconds = (int)Check(value, 0, 315_360_000); }

    /// <summary>Compress checkpoints and archived segments (default true): zstd where the library is found, else brotli.</summary>
    public bool Compress { get; init; } = true;

    /// <summary>Compression level, 1 (fast) to 19 (small); default 3.</summary>
    public int CompressionLevel { get => _compressionLevel; init => _compressionLevel = (int)Check(value, 1, 19); }

    /// <summary>How long opening waits for another writer to leave, in milliseconds, behind those who wait already (0, the default: not at all; at most one hour).</summary>
    public int LockTimeoutMs { get => _lockTimeoutMs; init => _lockTimeoutMs = (int)Check(value, 0, 3_600_000); }

    /// <summary>Files kept in quarantine before the oldest makes room (1 to 10,000; default 16).</summary>
    public int QuarantineFilesMax { get => _quarantineFilesMax; init => _quarantineFilesMax = (int)Check(value, 1, 10_000); }

    /// <summary>Bytes kept in quarantine before the oldest file makes room; the newest file always stays (default 64 MiB).</summary>
    public long QuarantineBytesMax { get => _quarantineBytesMax; init => _quarantineBytesMax = Check(value, 0, long.MaxValue); }

    /// <summary>After a flush and this many milliseconds of silence a marker tells readers what is durable (0: no markers; at most 10,000; default 25).</summary>
    public int MarkerDelayMs { get => _markerDelayMs; init => _markerDelayMs = (int)Check(value, 0, 10_000); }

    /// <summary>
    /// Bytes held on the disk (in <c>wal/ballast</c>) for when it is full: a quarter for deletes, the rest for a checkpoint (0: none; at least 64 KiB otherwise, at most 1 TiB; default: 4 MiB and a segment, of which no more than
    /// 16 MiB count).
    /// </summary>
    public long ReserveBallastBytes
    {
        get => _reserveBallastBytes ?? (4 * Mebibyte) + Math.Min(SegmentBytes, 16 * Mebibyte);
        init => _reserveBallastBytes = value == 0 ? 0 : Math.Max(Check(value, 0, 1L << 40), 64 * Kibibyte);
    }

    /// <summary>
    /// The place that has the log (its directory <c>wal/</c>), on another disk perhaps: a path, absolute or relative to the store; "." is the store itself. Empty, the default: where it is, and in the store when that is
    /// created. A store takes a new place only once its files were moved there.
    /// </summary>
    public string LogDirectory { get; init; } = "";

    /// <summary>The place that has the checkpoints (<c>checkpoints/</c>), as <see cref="LogDirectory"/>.</summary>
    public string CheckpointDirectory { get; init; } = "";

    /// <summary>The place that has the archive (<c>archive/</c>), as <see cref="LogDirectory"/>.</summary>
    public string ArchiveDirectory { get; init; } = "";

    /// <summary>Whether a transaction that is rolled back is noted in the log, for audits (default false).</summary>
    public bool AuditTransactions { get; init; }

    /// <summary>Lines of output kept per pane, counted by line feeds (0: no limit by lines; at most 100,000,000; default 10,000). What exceeds this limit or the next goes, oldest first, in pieces of up to 64 KiB.</summary>
    public int TerminalScrollbackLines { get => _terminalScrollbackLines; init => _terminalScrollbackLines = (int)Check(value, 0, 100_000_000); }

    /// <summary>Bytes of output kept per pane (64 KiB to 1 TiB; default 64 MiB). Up to 64 KiB more may be there.</summary>
    public long TerminalScrollbackBytes { get => _terminalScrollbackBytes; init => _terminalScrollbackBytes = Check(value, 64 * Kibibyte, 1L << 40); }

    /// <summary>Once this many bytes of output are in memory and in no checkpoint, a checkpoint is taken (1 MiB to 16 GiB; default 64 MiB).</summary>
    public long TerminalScrollbackMemoryBytes { get => _terminalScrollbackMemoryBytes; init => _terminalScrollbackMemoryBytes = Check(value, Mebibyte, 16L << 30); }

    /// <summary>Output of a pane goes into the log once there are this many bytes of it (1 KiB to 1 MiB; default 64 KiB).</summary>
    public int TerminalOutputBatchBytes { get => _terminalOutputBatchBytes; init => _terminalOutputBatchBytes = (int)Check(value, Kibibyte, Mebibyte); }

    /// <summary>Or once the oldest of it is this old, in milliseconds (0: at once; at most 10,000; default 10).</summary>
    public int TerminalOutputBatchMs { get => _terminalOutputBatchMs; init => _terminalOutputBatchMs = (int)Check(value, 0, 10_000); }

    /// <summary>How often a pane's working directory is looked at, in milliseconds (0: never; at most one hour; default 500).</summary>
    public int TerminalDirectoryIntervalMs { get => _terminalDirectoryIntervalMs; init => _terminalDirectoryIntervalMs = (int)Check(value, 0, 3_600_000); }

    /// <summary>
    /// Environment variables of panes whose names match one of these keep their names and not their values (at most 256 patterns of 1 to 256 characters; empty: nothing is withheld; default: what secrets are
    /// commonly called).
    /// </summary>
    public NamePatterns TerminalSecretPatterns { get => _terminalSecretPatterns; init => _terminalSecretPatterns = Check(value); }

    /// <summary>Whether anything here is done beside the commits.</summary>
    internal bool NeedsBackground =>
        SpareSegments > 0 || MarkerDelayMs > 0 || SegmentAgeMaxSeconds > 0 || ArchiveLog || CompactionSizeBytes > 0 || CompactionAgeSeconds > 0
        || CheckpointLogBytes > 0 || CheckpointIntervalSeconds > 0 || CheckpointTransactions > 0;

    /// <summary>The one way an option is refused that it does not take.</summary>
    internal static long Check(
        long value, long least, long most, int multipleOf = 1, [System.Runtime.CompilerServices.CallerMemberName] string name = "")
    {
        if (value < least || value > most || value % multipleOf != 0)
        {
            string range = $"{least} to {most}{(multipleOf == 1 ? "" : $", a multiple of {multipleOf}")}";
            throw OutOfRange(name, value, range);
        }

        return value;
    }

    private static NamePatterns Check(NamePatterns value, [System.Runtime.CompilerServices.CallerMemberName] string name = "")
    {
        ArgumentNullException.ThrowIfNull(value);
        return value.Select(PatternLimits.FindFault).FirstOrDefault(static fault => fault is not null) is string fault
            ? throw new StoreException(StoreError.ConfigurationInvalid, $"{name} {fault}; allowed: {PatternLimits.Allowed}.")
            : value;
    }

    private static StoreException OutOfRange(string name, long value, string range) =>
        new(StoreError.ConfigurationInvalid, $"{name} is {value}; allowed: {range}.");
}
