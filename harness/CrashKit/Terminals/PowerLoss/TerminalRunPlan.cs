using Persistence.Configuration;
using Persistence.CrashKit.Worker;

namespace Persistence.CrashKit.Terminals.PowerLoss;

/// <summary>What a simulated run of terminals does: all of it follows from the seed.</summary>
internal sealed record TerminalRunPlan
{
    public required long Seed { get; init; }

    public required StoreOptions Options { get; init; }

    /// <summary>How many things its operator does.</summary>
    public required int Operations { get; init; }

    public static TerminalRunPlan Create(long seed, DurabilityMode durability, int operations)
    {
        Random random = new(Mixer.Fold(seed));
        return new TerminalRunPlan
        {
            Seed = seed,
            Operations = operations,
            Options = new StoreOptions
            {
                Durability = durability,
                SegmentBytes = (64 << random.Next(3)) << 10,
                SectorBytes = random.Next(2) == 0 ? 512 : 4096,
                FrameBytesMax = random.Next(2) == 0 ? 32 << 10 : 4 << 20,
                SpareSegments = random.Next(2),
                MarkerDelayMs = random.Next(2) * 25,
                LogRetainBytes = random.Next(2) == 0 ? 0 : 1 << 20,
                CheckpointsRetained = 1 + random.Next(2),
                CheckpointTransactions = random.Next(3) == 0 ? 0 : 4 + random.Next(12),
                CheckpointIncrementFromBytes = 0,
                CheckpointIncrementsMax = random.Next(4),
                CheckpointCloseBytes = random.Next(2) == 0 ? 0 : long.MaxValue,
                CompactionSizeBytes = random.Next(3) == 0 ? 4 << 10 : 0,
                CompactionRatioPercent = 0,
                ReserveBallastBytes = 0,
                ArchiveLog = random.Next(4) == 0,
                TerminalScrollbackLines = random.Next(3) == 0 ? 300 : 0,
                TerminalScrollbackBytes = random.Next(3) == 0 ? 64 << 10 : 1 << 30,
                TerminalScrollbackMemoryBytes = 1 << 20,
                TerminalOutputBatchBytes = 1 << (10 + random.Next(7)),
                TerminalOutputBatchMs = random.Next(20),
                TerminalDirectoryIntervalMs = 0,
            },
        };
    }
}
