using Persistence.Configuration;

namespace Persistence.CrashKit.Worker;

/// <summary>
/// A store's options, drawn from a seed, the same in all its epochs: small segments and frequent checkpoints, so that rolls, recycling,
/// retirement and checkpoints happen all the time.
/// </summary>
internal static class StoreProfile
{
    private const int Kibibyte = 1 << 10;
    private const long KeepAll = 1L << 40;

    public static StoreOptions Create(long seed, DurabilityMode durability)
    {
        Random random = new(Mixer.Fold(seed));
        return new StoreOptions
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
    }

    /// <summary>Whether a store retains its whole log: every second one does.</summary>
    public static bool KeepsAllRecords(long seed) => (seed & 1) == 0;

    /// <summary>The seed of a store that retains its whole log, or of one that does not, by another seed.</summary>
    public static long Choose(long seed, bool keepsAllRecords) => keepsAllRecords ? seed & ~1L : seed | 1;

    private static int Pick(Random random, int first, int second, int third) => random.Next(3) switch { 0 => first, 1 => second, _ => third };
}
