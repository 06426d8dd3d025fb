using System.Globalization;
using Persistence.Configuration;
using Persistence.CrashKit.Oracle;
using Persistence.CrashKit.Simulation;
using Persistence.CrashKit.Worker;
using Persistence.Storage.Simulated;

namespace Persistence.CrashKit.Corruption;

/// <summary>A kind of store to be damaged: what its writers do, how it is kept, and how it was left.</summary>
/// <param name="Name">For reports.</param>
/// <param name="Script">One letter an operation: w of the workload, r an application record, C checkpoint, R new segment, F flush. After a bar: once more, after a kill.</param>
internal sealed record StoreShape(string Name, string Script)
{
    private const long KeepAll = 1L << 40;
    private const int EqualLength = 48;
    private const int LargeValue = 60_000;
    private const string ArchivingScript = "wrCRwrCRrCRwrCrw";

    private static readonly StoreOptions Small = new()
    {
        SegmentBytes = 32 << 10,
        SectorBytes = 512,
        SpareSegments = 0,
        CheckpointLogBytes = 0,
        CheckpointsRetained = 2,
        CheckpointIncrementsMax = 0,
        CheckpointIncrementFromBytes = 0,
        CheckpointCloseBytes = long.MaxValue,
        LogRetainBytes = KeepAll,
        Compress = false,
        MarkerDelayMs = 0,
        QuarantineFilesMax = 4,
        ReserveBallastBytes = 0,
    };

    private static readonly StoreOptions Archiving = Small with { LogRetainBytes = 0, CheckpointsRetained = 1, ArchiveLog = true, ReserveBallastBytes = 64 << 10 };

    /// <summary>All. Their numbers are part of their seeds: what is new comes last.</summary>
    public static IReadOnlyList<StoreShape> All { get; } =
    [
        new("killed", "wwwwrwww"),
        new("closed, records of one size", "wwwwrwww") { Left = ShapeEnd.Closed, IsEqual = true },
        new("killed, checkpoints, log dropped", "wwwCwwRwwCwwRwwCww") { Options = Small with { LogRetainBytes = 0, CheckpointsRetained = 1, SpareSegments = 1 } },
        new("closed, checkpoints, whole log", "wwrCwwRwrCwwRww") { Left = ShapeEnd.Closed, Options = Small with { Compress = true } },
        new("killed, recovered, killed", "wwwCwwrw|wwCwrw") { IsEqual = true, Options = Small with { MarkerDelayMs = 5 } },
        new("killed, recovered, closed", "wwwwrw|wwRww") { Left = ShapeEnd.Closed, Options = Small with { SectorBytes = 4096 } },
        new("killed in a checkpoint", "wwwCwwRwwC") { Left = ShapeEnd.InCheckpoint },
        new("killed before a checkpoint is listed", "wwwCwwRwwC") { Left = ShapeEnd.BeforeListing },
        new("killed in a roll", "wwwwRww") { Left = ShapeEnd.InRoll, IsEqual = true },
        new("killed in retirement", "wwwCwwRwwRwC") { Left = ShapeEnd.InRetirement, Options = Small with { LogRetainBytes = 0, CheckpointsRetained = 1 } },
        new("several writers, sectors of 4,096", "wwwrww") { Writers = 3, Options = Small with { SectorBytes = 4096, MarkerDelayMs = 5 } },
        new("flushed in batches", "wwwwFwwwrww") { Options = Small with { Durability = DurabilityMode.None } },
        new("killed, increments, log dropped", "wwwCwwCwwRwwCwwCwwRwCww") { Options = Small with { LogRetainBytes = 0, CheckpointIncrementsMax = 1 } },
        new("killed in an increment", "wwwCwwRwwCwwC") { Left = ShapeEnd.InCheckpoint, Options = Small with { CheckpointIncrementsMax = 3, CheckpointsRetained = 1 } },
        new("just created", "") { Left = ShapeEnd.Closed },
        new("killed, two checkpoints, log dropped", "wwwCwwRwwCwwRwwCwwRwwCwrw") { Options = Small with { LogRetainBytes = 0 } },
        new("large", "wwwwwwwwwwwwCwwwwwwwwwwwwwwwwwwwwwwwwCwwwwwwwwww") { ValueLength = LargeValue, Options = Small with { SegmentBytes = 1 << 20 } },
        new("closed, log archived", ArchivingScript) { Left = ShapeEnd.Closed, Options = Archiving },
        new("killed while it archives", ArchivingScript) { Left = ShapeEnd.InArchiving, Options = Archiving with { Compress = true } },
        new("backup, full", "wwwCwwRwwCww") { Backup = BackupPart.Full },
        new("backup, increment", "wwwCwwRwwwwRww") { Backup = BackupPart.Increment },
    ];

    /// <summary>Those that are damaged as stores without an archive.</summary>
    public static IReadOnlyList<StoreShape> WithoutArchives { get; } = [.. All.Where(static shape => !shape.Options.ArchiveLog && shape.Backup == BackupPart.None)];

    public ShapeEnd Left { get; init; } = ShapeEnd.Killed;

    public StoreOptions Options { get; init; } = Small;

    public int Writers { get; init; } = 1;

    /// <summary>Whether all its records have one size: damaged bytes may then fit elsewhere.</summary>
    public bool IsEqual { get; init; }

    /// <summary>Which backup of it is damaged, instead of the store itself.</summary>
    public BackupPart Backup { get; init; } = BackupPart.None;

    private int? ValueLength { get; init; }

    /// <summary>Makes it.</summary>
    /// <param name="workload">The mix its operations are drawn from.</param>
    /// <param name="seed">Where everything random comes from.</param>
    public StoreSample Make(string workload, long seed) => Make(workload, seed, Make(workload, seed, Mixer.Combine(seed, 7), foreign: null));

    /// <summary>Makes what is damaged: it, or a backup of it.</summary>
    public IDamageSubject MakeSubject(string workload, long seed) =>
        Backup == BackupPart.None ? Make(workload, seed) : MakeBackup(workload, seed, seed, MakeBackup(workload, seed, Mixer.Combine(seed, 7), foreign: null));

    /// <summary>Of a store that is written to: the full one in the middle of it.</summary>
    private BackupSample MakeBackup(string workload, long seed, long hostSeed, BackupSample? foreign)
    {
        RecordedRun run = Record(workload, seed, hostSeed);
        CrashStateSpace space = new(run.Trace, CrashProfile.PosixMin);
        SimulatedFileSystem middle = StateAt(space, 1 + run.History.Writers[0].Returned.Where(static stamp => stamp != long.MaxValue).Order().ElementAt(Script.Length / 3)).ToFileSystem();
        SimulatedFileSystem end = StateAt(space, FindCut(run)).ToFileSystem();
        return Backup == BackupPart.Full ? BackupSample.Make(Name, hostSeed, end, later: null, foreign) : BackupSample.Make(Name, hostSeed, middle, end, foreign);
    }

    private StoreSample Make(string workload, long seed, StoreSample foreign) => Make(workload, seed, seed, foreign);

    private StoreSample Make(string workload, long seed, long hostSeed, StoreSample? foreign)
    {
        RecordedRun run = Record(workload, seed, hostSeed);
        return new SampleMaker(Name, run, FindCut(run)).Make(foreign);
    }

    private RecordedRun Record(string workload, long seed, long hostSeed)
    {
        string[] parts = Script.Split('|');
        RecordedRun run = RecordedRun.Record(PlanOf(workload, seed, hostSeed, parts[0], epoch: 0));
        for (int epoch = 1; epoch < parts.Length; epoch++)
        {
            long cut = FindLastReturn(run);
            CrashState state = StateAt(new CrashStateSpace(run.Trace, CrashProfile.PosixMin), cut);
            run = RecordedRun.Record(PlanOf(workload, seed, hostSeed, parts[epoch], epoch), RunStart.AfterKill(run, state, cut));
        }

        return run;
    }

    /// <summary>What was on the disk at a moment, whether it was durable or not.</summary>
    public static CrashState StateAt(CrashStateSpace space, long cut)
    {
        CrashChoice choice = new(space.Micros.Count) { Cut = cut };
        foreach (int micro in space.PendingAt(cut))
            choice.Keeps[micro] = true;
        return space.At(choice);
    }

    private RunPlan PlanOf(string workload, long seed, long hostSeed, string script, int epoch)
    {
        WorkloadMix mix = WorkloadMix.Find(workload) ?? throw new ArgumentException($"There is no workload '{workload}'.", nameof(workload));
        List<IReadOnlyList<PlannedOperation>> operations = [];
        for (int writer = 0; writer < Writers; writer++)
        {
            Random random = new(Mixer.Fold(Mixer.Combine(Mixer.Combine(seed, epoch), writer)));
            RandomWorkload own = new(mix, random, epoch, writer, needsBarriers: false, ValueLength ?? (IsEqual ? EqualLength : null));
            operations.Add([.. script.Select((letter, place) => Next(own, letter, string.Create(CultureInfo.InvariantCulture, $"{epoch}.{writer}.record.{place}")))]);
        }

        return new RunPlan { Seed = hostSeed, Workload = workload, Options = Options, KeepsAllRecords = Options.LogRetainBytes == KeepAll || Options.ArchiveLog, Operations = operations, HasEntities = false };
    }

    /// <summary>A letter's operation; what the workload gives of another kind is passed over.</summary>
    private static PlannedOperation Next(RandomWorkload workload, char letter, string id)
    {
        switch (letter)
        {
            case 'C': return new PlannedOperation(OperationKind.Checkpoint, []);
            case 'R': return new PlannedOperation(OperationKind.Rotate, []);
            case 'F': return new PlannedOperation(OperationKind.Flush, []);
            case 'r': return new PlannedOperation(OperationKind.Record, [], ValueText.CreateOfLength(id, new Random(0), EqualLength));
        }

        while (true)
        {
            PlannedOperation next = workload.Next();
            if (next.Record is not null || next.Writes.Count > 0)
                return next;
        }
    }

    private long FindCut(RecordedRun run) => Left switch
    {
        ShapeEnd.Closed => run.Trace.End,
        ShapeEnd.Killed => FindLastReturn(run),
        ShapeEnd.InCheckpoint => FindLast(run, operation => operation.Kind == DiskChangeKind.Write && IsStagedCheckpoint(run, operation)).Exit + 1,
        ShapeEnd.BeforeListing => FindLast(run, operation => operation.Kind == DiskChangeKind.Rename && StoreFiles.HasCheckpointName(operation.NewName)).Exit + 1,
        ShapeEnd.InRoll => FindLast(run, operation => operation.Kind == DiskChangeKind.Rename && operation.NewName.EndsWith(".wal", StringComparison.Ordinal)).Exit + 1,
        ShapeEnd.InArchiving => FindLast(run, operation => operation.Kind == DiskChangeKind.Rename && StoreFiles.HasArchiveName(operation.NewName)).Exit + 1,
        _ => FindFirstRetirement(run),
    };

    private static bool IsStagedCheckpoint(RecordedRun run, TraceOperation write) =>
        run.Trace.Operations.Any(made => made.Kind == DiskChangeKind.CreateFile && made.Node == write.Subject && StoreFiles.HasCheckpointName(made.Name));

    private static TraceOperation FindLast(RecordedRun run, Func<TraceOperation, bool> condition) => run.Trace.Operations.Last(condition);

    private static long FindFirstRetirement(RecordedRun run) => run.Trace.Operations.First(operation =>
        operation.Kind is DiskChangeKind.Delete or DiskChangeKind.Rename && operation.Name.EndsWith(".wal", StringComparison.Ordinal)).Enter;

    /// <summary>Everything has come back, and nobody has begun to close.</summary>
    private static long FindLastReturn(RecordedRun run) => 1 + run.History.Writers
        .SelectMany(writer => writer.Returned.Where(stamp => stamp != long.MaxValue).Concat(writer.Begun))
        .Append(run.History.OpenedAt).Max();
}

/// <summary>How a store was left.</summary>
internal enum ShapeEnd
{
    /// <summary>Its process was killed when all operations had come back.</summary>
    Killed,

    /// <summary>Closed cleanly.</summary>
    Closed,

    /// <summary>Killed while the last checkpoint was written.</summary>
    InCheckpoint,

    /// <summary>Killed when the last checkpoint had its name and ROOT did not list it.</summary>
    BeforeListing,

    /// <summary>Killed when the last segment had its name and ROOT did not name it.</summary>
    InRoll,

    /// <summary>Killed when the first segment was about to be removed.</summary>
    InRetirement,

    /// <summary>Killed when the last archived segment had its name and the log still had the segment.</summary>
    InArchiving,
}

/// <summary>Which backup of a store is to be damaged.</summary>
internal enum BackupPart
{
    /// <summary>None: the store itself is.</summary>
    None,

    /// <summary>A full one.</summary>
    Full,

    /// <summary>An increment on a full one.</summary>
    Increment,
}
