using Persistence.Configuration;
using Persistence.CrashKit.Worker;

namespace Persistence.CrashKit.Simulation;

/// <summary>What a simulated run does: all of it follows from the seed.</summary>
internal sealed record RunPlan
{
    private const int WritersMax = 3;
    private const int EqualLength = 120;
    private const int SpreadSalt = 65;
    private const int EntitySalt = 66;

    // One increment of a few items.
    private const int CompactionBytes = 512;
    private const long KeepAll = 1L << 40;

    public required long Seed { get; init; }

    /// <summary>The name of the mix its operations are drawn from.</summary>
    public required string Workload { get; init; }

    public required StoreOptions Options { get; init; }

    /// <summary>Whether the store keeps its whole log, in itself or in its archive, and with it all application records.</summary>
    public required bool KeepsAllRecords { get; init; }

    /// <summary>Whether another process follows the log meanwhile. What it is given was promised to it.</summary>
    public bool HasTail { get; init; }

    /// <summary>Whether there are entities in its store, where the workload has any.</summary>
    public bool HasEntities { get; init; } = true;

    /// <summary>Each writer's operations.</summary>
    public required IReadOnlyList<IReadOnlyList<PlannedOperation>> Operations { get; init; }

    /// <summary>Whether some of the store's directories lie elsewhere.</summary>
    public bool HasPlaces => (Options.LogDirectory + Options.CheckpointDirectory + Options.ArchiveDirectory).Length > 0;

    /// <summary>Those of all writers together.</summary>
    public int OperationCount => Operations.Sum(writer => writer.Count);

    /// <summary>Draws a run from a seed.</summary>
    /// <param name="workload">The name of a mix.</param>
    /// <param name="seed">Where everything random comes from.</param>
    /// <param name="durability">When a commit is promised.</param>
    /// <param name="operations">How many, all writers together.</param>
    /// <param name="epoch">Which start of the store this is: part of every value.</param>
    /// <param name="writers">How many writers; drawn too by default.</param>
    public static RunPlan Create(string workload, long seed, DurabilityMode durability, int operations, int epoch = 0, int? writers = null)
    {
        WorkloadMix mix = WorkloadMix.Require(workload);
        Random random = new(Mixer.Fold(Mixer.Combine(seed, epoch)));
        bool keepsAll = (seed & 1) == 0;
        int count = 1 + random.Next(WritersMax);
        count = writers ?? count;
        int? valueLength = random.Next(2) == 0 ? EqualLength : null;
        StoreOptions options = DrawOptions(random, durability, keepsAll) with { FrameBytesMax = mix.FrameBytesMax, ReserveBallastBytes = DrawReserve(seed) };
        if (ArchivesLog(seed))
            options = Archiving(options);
        if (CompactsItself(seed))
            options = Compacting(options);
        if (IsSpread(seed))
            options = Spread(options, seed);
        List<IReadOnlyList<PlannedOperation>> all = [];
        for (int writer = 0; writer < count; writer++)
        {
            long entitySeed = Mixer.Combine(Mixer.Combine(Mixer.Combine(seed, epoch), writer), EntitySalt);
            RandomWorkload next = new(mix, new Random(random.Next()), epoch, writer, durability != DurabilityMode.Sync, valueLength, entitySeed);
            all.Add([.. Enumerable.Range(0, (operations + count - 1) / count).Select(_ => next.Next())]);
        }

        return new RunPlan { Seed = seed, Workload = workload, Options = options, KeepsAllRecords = keepsAll || options.ArchiveLog, Operations = all };
    }

    /// <summary>The run of a number among many: workloads and, unless one is given, durabilities take turns.</summary>
    public static RunPlan Take(IReadOnlyList<string> workloads, long seed, long number, DurabilityMode? durability, int operations) =>
        Create(workloads[(int)(number % workloads.Count)], seed + number, durability ?? DurabilityOf(number), operations);

    /// <summary>What is done to the same store, by as many writers, at a later start. It is followed at the next one, if it was at the first.</summary>
    public RunPlan Again(int epoch, int operations) =>
        Create(Workload, Seed, Options.Durability, operations, epoch, Operations.Count) with { Options = Options, KeepsAllRecords = KeepsAllRecords, HasTail = HasTail && epoch == 1, HasEntities = HasEntities };

    /// <summary>As the store behaves while it is judged: nothing beside the caller.</summary>
    public static StoreOptions Quiet(StoreOptions options) => options with
    {
        SpareSegments = 0,
        MarkerDelayMs = 0,
        SegmentAgeMaxSeconds = 0,
        CheckpointLogBytes = 0,
        CheckpointIntervalSeconds = 0,
        CheckpointTransactions = 0,
        CheckpointCloseBytes = long.MaxValue,
        ArchiveLog = false,
        CompactionSizeBytes = 0,
        CompactionAgeSeconds = 0,
    };

    /// <summary>As a store that lies in one place.</summary>
    public static StoreOptions InOnePlace(StoreOptions options) => options with { LogDirectory = "", CheckpointDirectory = "", ArchiveDirectory = "" };

    /// <summary>Every third one merges its increments by itself. Not drawn, as what follows.</summary>
    private static bool CompactsItself(long seed) => seed % 3 == 1;

    // Checkpoints come by themselves, and each increment is worth being merged.
    private static StoreOptions Compacting(StoreOptions options) => options with
    {
        CompactionSizeBytes = CompactionBytes,
        CheckpointIncrementsMax = Math.Max(options.CheckpointIncrementsMax, 2),
        CheckpointTransactions = 4,
    };

    /// <summary>Of every fifth one directories lie elsewhere.</summary>
    private static bool IsSpread(long seed) => seed % 5 == 2;

    private static StoreOptions Spread(StoreOptions options, long seed)
    {
        Random random = new(Mixer.Fold(Mixer.Combine(seed, SpreadSalt)));
        int which = 1 + random.Next(7);
        bool isOne = random.Next(2) == 0;
        return options with
        {
            LogDirectory = PathOf("log", 1),
            CheckpointDirectory = PathOf("checkpoints", 2),
            ArchiveDirectory = PathOf("archive", 4),
        };

        string PathOf(string place, int bit) => (which & bit) == 0 ? "" : isOne ? "elsewhere" : place;
    }

    /// <summary>Half of the stores that would keep everything in their log, and some of those that would not, keep it in their archive. Not drawn: every other choice is what it would be without.</summary>
    private static bool ArchivesLog(long seed) => (seed & 3) == 0 || (seed & 7) == 3;

    // A segment is full after a few flushes, and a checkpoint lets go of it.
    private static StoreOptions Archiving(StoreOptions options) => options with
    {
        ArchiveLog = true,
        LogRetainBytes = 0,
        SegmentBytes = 32 << 10,
        SectorBytes = 4096,
        CheckpointsRetained = 1,
        CheckpointTransactions = 4,
    };

    private static DurabilityMode DurabilityOf(long number) => (number % 5) switch
    {
        3 => DurabilityMode.Batch,
        4 => DurabilityMode.None,
        _ => DurabilityMode.Sync,
    };

    // Of its own, so that what else is drawn stays what it was.
    private static long DrawReserve(long seed) => new Random(Mixer.Fold(Mixer.Combine(seed, 64))).Next(3) * (64 << 10);

    // Small segments and frequent checkpoints: rolls, recycling, retirement and checkpoints happen all the time.
    private static StoreOptions DrawOptions(Random random, DurabilityMode durability, bool keepsAll) => new()
    {
        Durability = durability,
        FlushIntervalMs = 1 + random.Next(10),
        SegmentBytes = (32 << 10) << random.Next(2),
        SectorBytes = random.Next(3) == 0 ? 4096 : 512,
        SpareSegments = random.Next(3),
        CheckpointLogBytes = random.Next(2) == 0 ? 0 : 8 << 10,
        CheckpointTransactions = random.Next(3) == 0 ? 7 : 0,
        CheckpointsRetained = 1 + Math.Max(0, random.Next(4) - 1),
        CheckpointCloseBytes = random.Next(2) == 0 ? 0 : long.MaxValue,
        LogRetainBytes = keepsAll ? KeepAll : 0,
        Compress = random.Next(4) == 0,
        MarkerDelayMs = random.Next(2) * 5,
        QuarantineFilesMax = 4,
        CheckpointIncrementsMax = random.Next(4),
        CheckpointIncrementFromBytes = 0,
    };
}
