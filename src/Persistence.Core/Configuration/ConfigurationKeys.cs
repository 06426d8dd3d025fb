namespace Persistence.Configuration;

/// <summary>
/// All keys of a store's configuration: one entry each, from which everything else comes (the file, environment variables, validation, the commands, docs/configuration.md).
/// To add one: give the option to <see cref="StoreOptions"/>, add an entry here, a test to <c>ConfiguredBehaviourTests</c> that shows what it does, and a parameter to
/// Set-WalConfiguration; <c>build.ps1 -Task Docs</c> writes the document. Tests fail until all of it is there.
/// </summary>
public static class ConfigurationKeys
{
    private const int Kibibyte = 1 << 10;
    private const int Mebibyte = 1 << 20;
    private const int TenYearsSeconds = 315_360_000;

    /// <summary>Every key, section by section.</summary>
    public static IReadOnlyList<ConfigurationKey> All { get; } = (ConfigurationKey[])
    [
        new WordKey<DurabilityMode>("durability", "mode", Store(nameof(StoreOptions.Durability)))
        {
            Description = "When a commit becomes durable: before it is acknowledged (sync), at most durability.flush_interval_ms later (batch), or at a flush only (none).",
        },
        new IntegerKey("durability", "flush_interval_ms", Store(nameof(StoreOptions.FlushIntervalMs)), 1, 60_000)
        {
            Description = "In batch mode, the longest time between a commit and its flush, in milliseconds.",
        },
        new IntegerKey("log", "segment_bytes", Store(nameof(StoreOptions.SegmentBytes)), 32 * Kibibyte, 1024 * Mebibyte, multipleOf: 4096)
        {
            Description = "Size of a log segment, in bytes; counts from the next segment on.",
        },
        new IntegerKey("log", "sector_bytes", Store(nameof(StoreOptions.SectorBytes)), values: [512, 4096])
        {
            Description = "Frames start on multiples of so many bytes, from the next segment on. 512 takes less space; 4096 never rewrites a durable sector on any disk sold today.",
        },
        new IntegerKey("log", "frame_bytes", Store(nameof(StoreOptions.FrameBytesMax)), 4 * Kibibyte, 64 * Mebibyte)
        {
            Description = "Commits are gathered into frames of at most so many bytes; a larger transaction takes several.",
        },
        new IntegerKey("log", "spare_segments", Store(nameof(StoreOptions.SpareSegments)), 0, 16)
        {
            Description = "Segments prepared ahead in the background; 0 for none.",
        },
        new IntegerKey("log", "segment_age_seconds", Store(nameof(StoreOptions.SegmentAgeMaxSeconds)), 0, TenYearsSeconds)
        {
            Description = "A segment with content is closed after so many seconds; 0 for never.",
        },
        new IntegerKey("log", "retain_bytes", Store(nameof(StoreOptions.LogRetainBytes)), 0, long.MaxValue)
        {
            Description = "Log that recovery no longer needs is kept for reading up to so many bytes of segments in all.",
        },
        new IntegerKey("log", "retain_segments", Store(nameof(StoreOptions.LogRetainSegments)), 0, int.MaxValue)
        {
            Description = "The same limit by number of segments, the active one included; 0 for none. Whichever limit is exceeded first counts.",
        },
        new IntegerKey("log", "retain_seconds", Store(nameof(StoreOptions.LogRetainSeconds)), 0, TenYearsSeconds)
        {
            Description = "The same limit by age, in seconds: segments whose records are all older may go; 0 for none.",
        },
        new IntegerKey("log", "marker_delay_ms", Store(nameof(StoreOptions.MarkerDelayMs)), 0, 10_000)
        {
            Description = "After a flush and so many milliseconds of silence a marker tells readers in other processes what is durable; 0 for no markers.",
        },
        new IntegerKey("checkpoint", "log_bytes", Store(nameof(StoreOptions.CheckpointLogBytes)), 0, long.MaxValue)
        {
            Description = "A checkpoint is taken once the log since the last one exceeds so many bytes; 0 for never.",
        },
        new IntegerKey("checkpoint", "close_bytes", Store(nameof(StoreOptions.CheckpointCloseBytes)), 0, long.MaxValue)
        {
            Description = "Closing the store takes a checkpoint if the log since the last one exceeds so many bytes.",
        },
        new IntegerKey("checkpoint", "interval_seconds", Store(nameof(StoreOptions.CheckpointIntervalSeconds)), 0, TenYearsSeconds)
        {
            Description = "A checkpoint is taken so many seconds after the last one if anything changed; 0 for never.",
        },
        new IntegerKey("checkpoint", "transactions", Store(nameof(StoreOptions.CheckpointTransactions)), 0, long.MaxValue)
        {
            Description = "A checkpoint is taken after so many commits; 0 for never.",
        },
        new IntegerKey("checkpoint", "retained", Store(nameof(StoreOptions.CheckpointsRetained)), 1, 64)
        {
            Description = "Checkpoints kept, each with the increments that build on it. The log is kept from where replay of the oldest one starts.",
        },
        new IntegerKey("checkpoint", "increments", Store(nameof(StoreOptions.CheckpointIncrementsMax)), 0, 64)
        {
            Description = "Increments that may follow a full checkpoint before a full one is taken again; 0 for full ones only.",
        },
        new IntegerKey("checkpoint", "increment_from_bytes", Store(nameof(StoreOptions.CheckpointIncrementFromBytes)), 0, long.MaxValue)
        {
            Description = "Of a state whose full checkpoint is smaller than so many bytes, full ones are taken.",
        },
        new PathKey("paths", "log", Store(nameof(StoreOptions.LogDirectory)))
        {
            CanChangeWhileOpen = false,
            Description = "The place that has the log's directory wal, on another disk perhaps. A store takes a new place once that directory was moved there.",
        },
        new PathKey("paths", "checkpoints", Store(nameof(StoreOptions.CheckpointDirectory)))
        {
            CanChangeWhileOpen = false,
            Description = "The place that has the directory checkpoints.",
        },
        new PathKey("paths", "archive", Store(nameof(StoreOptions.ArchiveDirectory)))
        {
            CanChangeWhileOpen = false,
            Description = "The place that has the directory archive.",
        },
        new IntegerKey("reserve", "ballast_bytes", Store(nameof(StoreOptions.ReserveBallastBytes)), 0, 1L << 40)
        {
            CanChangeWhileOpen = false,
            Description = "Bytes held on the disk for when it is full, for deletes and a checkpoint; 0 for none, at least 65536 otherwise.",
        },
        new IntegerKey("compaction", "size_bytes", Store(nameof(StoreOptions.CompactionSizeBytes)), 0, long.MaxValue)
        {
            Description = "A full checkpoint and the increments after it are merged in the background once the increments have so many bytes together; 0 for never.",
        },
        new IntegerKey("compaction", "ratio_percent", Store(nameof(StoreOptions.CompactionRatioPercent)), 0, 10_000)
        {
            Description = "The same once they have this share of the full one's size, in percent, and 65536 bytes at least; 0 for never.",
        },
        new IntegerKey("compaction", "age_seconds", Store(nameof(StoreOptions.CompactionAgeSeconds)), 0, TenYearsSeconds)
        {
            Description = "The same once the full one they build on is so many seconds old; 0 for never.",
        },
        new BooleanKey("archive", "enabled", Store(nameof(StoreOptions.ArchiveLog)))
        {
            Description = "Whether log that is no longer kept goes into the archive, compressed, instead of being dropped. Application records then live as long as the archive keeps them.",
        },
        new IntegerKey("archive", "retain_files", Store(nameof(StoreOptions.ArchiveRetainFiles)), 0, int.MaxValue)
        {
            Description = "Archived segments kept; 0 for no limit. Whichever limit of the archive is exceeded first counts; what recovery may need stays all the same.",
        },
        new IntegerKey("archive", "retain_seconds", Store(nameof(StoreOptions.ArchiveRetainSeconds)), 0, TenYearsSeconds)
        {
            Description = "The same limit by age, in seconds: archived segments whose records are all older may go; 0 for none.",
        },
        new IntegerKey("archive", "retain_bytes", Store(nameof(StoreOptions.ArchiveRetainBytes)), 0, long.MaxValue)
        {
            Description = "The same limit by bytes of the archived files; 0 for none.",
        },
        new BooleanKey("compression", "enabled", Store(nameof(StoreOptions.Compress)))
        {
            Description = "Whether checkpoints and archived segments are compressed: with zstd where its library is found, else with Brotli.",
        },
        new IntegerKey("compression", "level", Store(nameof(StoreOptions.CompressionLevel)), 1, 19)
        {
            Description = "How hard checkpoints and archived segments are compressed: 1 is fast, 19 is small.",
        },
        new IntegerKey("lock", "timeout_ms", Store(nameof(StoreOptions.LockTimeoutMs)), 0, 3_600_000)
        {
            CanChangeWhileOpen = false,
            Description = "How long opening for writing waits for another writer to leave, in milliseconds; 0 for not at all.",
        },
        new IntegerKey("lock", "circuit_failures", Circuit(nameof(CircuitBreakerOptions.FailuresToOpen)), 1, 1_000)
        {
            Description = "After so many waits for the lock in a row that ran out, this process does not wait for it for a while.",
        },
        new IntegerKey("lock", "circuit_open_ms", Circuit(nameof(CircuitBreakerOptions.OpenMs)), 1, 3_600_000)
        {
            Description = "How long that while is, in milliseconds.",
        },
        new IntegerKey("quarantine", "files", Store(nameof(StoreOptions.QuarantineFilesMax)), 1, 10_000)
        {
            CanChangeWhileOpen = false,
            Description = "Files kept in quarantine before the oldest makes room.",
        },
        new IntegerKey("quarantine", "bytes", Store(nameof(StoreOptions.QuarantineBytesMax)), 0, long.MaxValue)
        {
            CanChangeWhileOpen = false,
            Description = "Bytes kept in quarantine before the oldest file makes room; the newest file always stays.",
        },
        new BooleanKey("transactions", "audit", Store(nameof(StoreOptions.AuditTransactions)))
        {
            Description = "Whether a transaction that is rolled back is noted in the log.",
        },
        new IntegerKey("terminals", "scrollback_lines", Store(nameof(StoreOptions.TerminalScrollbackLines)), 0, 100_000_000)
        {
            Description = "Lines of output kept per pane, counted by line feeds; 0 for no limit by lines. What exceeds this limit or that of bytes goes, oldest first, in pieces of up to 64 KiB.",
        },
        new IntegerKey("terminals", "scrollback_bytes", Store(nameof(StoreOptions.TerminalScrollbackBytes)), 64 * Kibibyte, 1L << 40)
        {
            Description = "Bytes of output kept per pane; up to 64 KiB more may be there.",
        },
        new IntegerKey("terminals", "scrollback_memory_bytes", Store(nameof(StoreOptions.TerminalScrollbackMemoryBytes)), Mebibyte, 16L << 30)
        {
            Description = "A checkpoint is taken once so many bytes of output, of all panes, are in memory and in no checkpoint.",
        },
        new IntegerKey("terminals", "output_batch_bytes", Store(nameof(StoreOptions.TerminalOutputBatchBytes)), Kibibyte, Mebibyte)
        {
            Description = "Output of a pane goes into the log once there are so many bytes of it.",
        },
        new IntegerKey("terminals", "output_batch_ms", Store(nameof(StoreOptions.TerminalOutputBatchMs)), 0, 10_000)
        {
            Description = "The same once the oldest of it is so many milliseconds old; 0 for at once.",
        },
        new IntegerKey("terminals", "directory_interval_ms", Store(nameof(StoreOptions.TerminalDirectoryIntervalMs)), 0, 3_600_000)
        {
            Description = "How often a pane's working directory is looked at, in milliseconds; 0 for never.",
        },
        new PatternsKey("terminals", "secret_patterns", Store(nameof(StoreOptions.TerminalSecretPatterns)))
        {
            Description = "Environment variables of panes whose names match one of these patterns, with wildcards * and ?, in any case, keep their names and not their values; an empty list withholds nothing.",
        },
    ];

    /// <summary>The names of the sections, in their order.</summary>
    public static IReadOnlyList<string> Sections { get; } = All.Select(key => key.Section).Distinct().ToArray();

    /// <summary>The key of that full name, or null.</summary>
    public static ConfigurationKey? Find(string fullName) => All.FirstOrDefault(key => key.FullName == fullName);

    /// <summary>The key of that full name, in whatever case.</summary>
    /// <exception cref="ConfigurationException">There is none.</exception>
    public static ConfigurationKey Require(string fullName)
    {
        ArgumentNullException.ThrowIfNull(fullName);
        return All.FirstOrDefault(key => key.FullName.Equals(fullName, StringComparison.OrdinalIgnoreCase))
            ?? throw new ConfigurationException($"There is no key '{fullName}'. Did you mean '{NearestName.Find(fullName, All.Select(key => key.FullName))}'?");
    }

    /// <summary>The key that sets an option, for <c>nameof</c> of a property of <see cref="StoreOptions"/> or <see cref="CircuitBreakerOptions"/>.</summary>
    /// <exception cref="ArgumentException">None does.</exception>
    public static ConfigurationKey For(string option) =>
        All.FirstOrDefault(key => key.Option == option) ?? throw new ArgumentException($"No key sets an option '{option}'.", nameof(option));

    private static OptionProperty Store(string name) => new(typeof(StoreOptions), name);

    private static OptionProperty Circuit(string name) => new(typeof(CircuitBreakerOptions), name);
}
