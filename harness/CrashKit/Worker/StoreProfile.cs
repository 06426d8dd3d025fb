using Persistence.Configuration;

namespace Persistence.CrashKit.Worker;

/// <summary>
/// A store's options, drawn from a seed, the same in all its epochs: small segments and frequent checkpoints, so that rolls, recycling,
/// retirement, checkpoints and their compaction happen all the time. Every second store archives what leaves its log; every third has directories elsewhere.
/// </summary>
internal static class StoreProfile
{
    private const int Kibibyte = 1 << 10;
    private const long KeepAll = 1L << 40;
    private const int UpkeepSalt = 65;

    /// <param name="seed">Where the choices come from.</param>
    /// <param name="durability">When a commit is promised.</param>
    /// <param name="directory">The store's directory; null: all of it stays in one place.</param>
    public static StoreOptions Create(long seed, DurabilityMode durability, string? directory = null)
    {
        Random random = new(Mixer.Fold(seed));
        StoreOptions options = new()
        {
            Durability = durability,
            FlushIntervalMs = Pick(random, 2, 10, 50),
            SegmentBytes = Pick(random, 64, 128, 256) * Kibibyte,
            SectorBytes = Pick(random, 512, 512, 4096),
            SpareSegments = Pick(random, 0, 1, 2),
            CheckpointLogBytes = Pick(random, 0, 64, 192) * Kibibyte,
            CheckpointTransactions = Pick(random, 0, 0, 40),
            CheckpointsRetained = Pick(random, 1, 2, 3),
            CheckpointCloseBytes = Pick(random, 0, 32, 1024) * Kibibyte,
            LogRetainBytes = KeepsAllRecords(seed) ? KeepAll : 0,
            Compress = random.Next(2) == 0,
            MarkerDelayMs = Pick(random, 0, 5, 25),
            QuarantineFilesMax = Pick(random, 2, 16, 16),
            QuarantineBytesMax = 1024 * Kibibyte,
            ReserveBallastBytes = Pick(random, 0, 64, 256) * Kibibyte,
            CheckpointIncrementsMax = Pick(random, 0, 2, 4),
            CheckpointIncrementFromBytes = 0,
        };
        return AddUpkeep(options, KeepsAllRecords(seed), directory, new Random(Mixer.Fold(Mixer.Combine(seed, UpkeepSalt))));
    }

    /// <summary>Whether a store retains its whole log, in itself or in its archive: every second one does.</summary>
    public static bool KeepsAllRecords(long seed) => (seed & 1) == 0;

    /// <summary>The next seed from one on whose store is as it is wanted.</summary>
    public static long Choose(long seed, Predicate<StoreOptions> isWanted)
    {
        while (!isWanted(Create(seed, DurabilityMode.Sync)))
            seed++;
        return seed;
    }

    /// <summary>Whether a store's increments are merged, and its log goes through an archive that is trimmed by number or bytes: such a one stays as large as it is.</summary>
    public static bool StaysSmall(StoreOptions options) =>
        options is { ArchiveLog: true, CheckpointIncrementsMax: > 0, CompactionSizeBytes: > 0 } && (options.ArchiveRetainFiles > 0 || options.ArchiveRetainBytes > 0);

    /// <summary>Whether it keeps its whole log in itself.</summary>
    public static bool KeepsWholeLog(StoreOptions options) => options.LogRetainBytes == KeepAll;

    /// <summary>Whether it keeps its whole log in its archive.</summary>
    public static bool KeepsWholeArchive(StoreOptions options) => options is { ArchiveLog: true, ArchiveRetainFiles: 0, ArchiveRetainBytes: 0, ArchiveRetainSeconds: 0 };

    private static StoreOptions AddUpkeep(StoreOptions options, bool keepsAll, string? directory, Random random)
    {
        options = options with
        {
            CompactionSizeBytes = Pick(random, 0, 4, 16) * Kibibyte,
            CompactionAgeSeconds = Pick(random, 0, 0, 1),
        };
        bool archives = random.Next(2) == 0;
        int limit = keepsAll ? -1 : random.Next(3);
        if (archives)
        {
            options = options with
            {
                ArchiveLog = true,
                LogRetainBytes = 0,
                ArchiveRetainFiles = limit == 0 ? 3 : 0,
                ArchiveRetainBytes = limit == 1 ? 128 * Kibibyte : 0,
                ArchiveRetainSeconds = limit == 2 ? 1 : 0,
            };
        }

        return random.Next(3) == 0 && directory is not null ? StorePlaces.Spread(options, directory, random) : options;
    }

    private static int Pick(Random random, int first, int second, int third) => random.Next(3) switch { 0 => first, 1 => second, _ => third };
}
