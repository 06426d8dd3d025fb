using Persistence.Configuration;
using Persistence.CrashKit.Entities.Work;
using Persistence.CrashKit.Oracle;
using Persistence.CrashKit.Simulation;
using Persistence.CrashKit.Worker;

namespace Persistence.CrashKit.Faults;

/// <summary>A run on a disk that fills up: what its writers do in each stage, and how the space comes back. All of it follows from the seed.</summary>
internal sealed record FullDiskPlan
{
    private const int WritersMax = 2;
    private const int OwnKeys = 6;
    private const int ValueLength = 3000;

    // Of each writer. What is written first is far more than the states take, so that a checkpoint gives space back.
    private const int Overwrites = 40;
    private const int Fillers = 12;
    private const int Removals = 2;
    private const int Checkpoints = 2;
    private const int WritesAgain = 3;

    private const int SegmentBytes = 32 << 10;
    private const int ReserveBytes = 128 << 10;

    public required RunPlan Run { get; init; }

    /// <summary>Bytes that are free, beside the reserve, once the disk has become small.</summary>
    public required long SlackBytes { get; init; }

    /// <summary>Whether others free space on the disk; else a checkpoint has to.</summary>
    public required bool IsFreedByOthers { get; init; }

    /// <summary>Where each stage ends, as a number of each writer's operations.</summary>
    public static int WrittenEnd => Overwrites;

    public static int FilledEnd => WrittenEnd + Fillers;

    public static int RemovedEnd => FilledEnd + Removals;

    public static int CheckpointedEnd => RemovedEnd + Checkpoints;

    public static int End => CheckpointedEnd + WritesAgain;

    /// <summary>Whether nobody but the writers uses the reserve: then it has to be enough for what they remove.</summary>
    public bool IsReserveTheirs => Run.Options is { CheckpointLogBytes: 0, CheckpointTransactions: 0 };

    /// <summary>Draws one.</summary>
    public static FullDiskPlan Create(FaultOptions options, long number)
    {
        string workload = options.Workloads[(int)(number % options.Workloads.Count)];
        long seed = options.Seed + number;
        RunPlan drawn = RunPlan.Take(options.Workloads, options.Seed, number, options.Durability, operations: 1);
        Random random = new(Mixer.Fold(Mixer.Combine(seed, SegmentBytes)));
        bool checkpointsItself = random.Next(4) == 0;
        StoreOptions store = RunPlan.InOnePlace(drawn.Options) with
        {
            CompactionSizeBytes = 0,
            SegmentBytes = SegmentBytes,
            ReserveBallastBytes = ReserveBytes,
            CheckpointsRetained = 1 + random.Next(2),
            CheckpointLogBytes = checkpointsItself ? 64 << 10 : 0,
            CheckpointTransactions = 0,
            LogRetainBytes = 0,
            Compress = false,
        };
        int writers = 1 + random.Next(WritersMax);
        return new FullDiskPlan
        {
            Run = new RunPlan
            {
                Seed = seed,
                Workload = workload,
                Options = store,
                KeepsAllRecords = false,
                Operations = [.. Enumerable.Range(0, writers).Select(writer => Draw(WorkloadMix.Require(workload), random, writer))],
            },
            SlackBytes = 4096 * random.Next(4),
            IsFreedByOthers = random.Next(4) == 0,
        };
    }

    private static PlannedOperation[] Draw(WorkloadMix mix, Random random, int writer)
    {
        List<PlannedOperation> operations = [];
        while (operations.Count < FilledEnd)
            operations.Add(Put(operations.Count, operations.Count < WrittenEnd && random.Next(4) == 0));
        if (mix.WritesFiles)
            operations[0] = new PlannedOperation(OperationKind.Transaction, [new KeyWrite(File(), Text(0, 100))]);
        while (operations.Count < RemovedEnd)
            operations.Add(Remove(RemovedEnd - operations.Count));
        while (operations.Count < CheckpointedEnd)
            operations.Add(new PlannedOperation(writer == 0 ? OperationKind.Checkpoint : OperationKind.Flush, []));
        while (operations.Count < End)
            operations.Add(Put(operations.Count, isAsync: false));
        return [.. operations];

        PlannedOperation Put(int number, bool isAsync) => mix.IsOfEntities
            ? new(OperationKind.Put, [], IsAsync: isAsync) { Entities = Entities(EntityOperationKind.Put, number) }
            : new(OperationKind.Put, [new KeyWrite(Key(number % OwnKeys), Text(number, ValueLength))], IsAsync: isAsync);

        EntityOperation Entities(EntityOperationKind kind, int number) => new(kind, random.NextInt64(), Id(number), ValueLength);

        string Id(int number) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"0.{writer}.{number}.0");

        string Key(int number) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"writer-{writer}/{number}");

        string File() => WorkloadStates.FileKey(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"writer-{writer}"), 0);

        string Text(int number, int length) => ValueText.CreateOfLength(Id(number), random, length);

        // Each of another key: what is not there is no change.
        PlannedOperation Remove(int number) => mix.IsOfEntities ? RemoveEntity(number) : (mix.WritesFiles && number == 1 ? 3 : random.Next(3)) switch
        {
            0 => new PlannedOperation(OperationKind.Delete, [new KeyWrite(Key(number), null)], IsAsync: random.Next(2) == 0),
            1 => new PlannedOperation(OperationKind.Batch, [new KeyWrite(Key(number), null)]),
            2 => new PlannedOperation(OperationKind.Transaction, [new KeyWrite(Key(number), null)]),
            _ => new PlannedOperation(OperationKind.Transaction, [new KeyWrite(Key(number), null), new KeyWrite(File(), null)]),
        };

        PlannedOperation RemoveEntity(int number) => new(Pick(OperationKind.Delete, OperationKind.Batch, OperationKind.Transaction), [])
        {
            Entities = Entities(random.Next(2) == 0 ? EntityOperationKind.Delete : EntityOperationKind.Remove, FilledEnd + number),
        };

        OperationKind Pick(params OperationKind[] kinds) => kinds[random.Next(kinds.Length)];
    }
}
