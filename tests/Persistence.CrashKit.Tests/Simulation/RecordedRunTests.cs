using Persistence.Configuration;
using Persistence.CrashKit.Oracle;
using Persistence.CrashKit.Simulation;
using Persistence.CrashKit.Worker;
using Persistence.Engine;
using Persistence.Storage.Simulated;
using Xunit;

namespace Persistence.CrashKit.Tests.Simulation;

public sealed class RecordedRunTests
{
    public static TheoryData<string, DurabilityMode> Everything
    {
        get
        {
            TheoryData<string, DurabilityMode> all = [];
            foreach (string workload in Workloads.Names)
            {
                foreach (DurabilityMode durability in Enum.GetValues<DurabilityMode>())
                    all.Add(workload, durability);
            }

            return all;
        }
    }

    [Theory]
    [MemberData(nameof(Everything))]
    public void A_seed_gives_the_same_run_byte_for_byte(string workload, DurabilityMode durability)
    {
        for (long seed = 1; seed <= 4; seed++)
            Assert.Equal(Write(Record(workload, durability, seed)), Write(Record(workload, durability, seed)));
    }

    [Fact]
    public void Operations_of_several_threads_overlap()
    {
        // Else no state would have a write in it that a sync does not cover though it returned before it was needed.
        bool overlaps = Enumerable.Range(1, 10).Any(seed =>
        {
            IReadOnlyList<TraceOperation> operations = Record("mixed", DurabilityMode.Sync, seed).Trace.Operations;
            return operations.Zip(operations.Skip(1)).Any(pair => pair.Second.Enter < pair.First.Exit);
        });
        Assert.True(overlaps);
    }

    [Fact]
    public void Runs_roll_recycle_retire_and_take_checkpoints_by_several_writers()
    {
        List<RecordedRun> runs = [.. Enumerable.Range(1, 30).Select(seed => Record("mixed", DurabilityMode.Sync, seed))];
        Assert.Contains(runs, run => run.Plan.Operations.Count == 1);
        Assert.Contains(runs, run => run.Plan.Operations.Count == 3);
        Assert.Contains(runs, run => run.Trace.Operations.Any(operation => operation.NewName.EndsWith(".full", StringComparison.Ordinal)));
        Assert.Contains(runs, run => run.Trace.Operations.Any(operation => operation.Kind == DiskChangeKind.Delete && operation.Name.EndsWith(".wal", StringComparison.Ordinal)));
        Assert.Contains(runs, run => run.Trace.Operations.Any(operation => operation.Kind == DiskChangeKind.Rename && operation.Name.EndsWith(".wal", StringComparison.Ordinal) && operation.NewName.StartsWith("spare-", StringComparison.Ordinal)));
        Assert.Contains(runs, run => HaveOneLength(run.Plan));
    }

    [Theory]
    [MemberData(nameof(Everything))]
    public void What_a_run_leaves_is_what_it_did(string workload, DurabilityMode durability)
    {
        RecordedRun run = Record(workload, durability, 5);
        Assert.Null(JudgeAtEnd(run, found => { }));
    }

    [Fact]
    public void A_missing_item_a_changed_one_and_one_too_many_are_seen()
    {
        RecordedRun run = Record("keyvalue", DurabilityMode.Sync, 2);
        Assert.NotNull(JudgeAtEnd(run, found => found.Own[0]++));
        Assert.NotNull(JudgeAtEnd(run, found => found.Shared["shared/0"] = 42));
        Assert.NotNull(JudgeAtEnd(run, found => found.Shared["shared/99"] = 42));
    }

    [Fact]
    public void Records_lost_doubled_moved_and_invented_are_seen()
    {
        RecordedRun run = Record("records", DurabilityMode.Sync, 2);
        Assert.True(run.Plan.KeepsAllRecords);
        Assert.NotNull(JudgeAtEnd(run, found => found.Records.RemoveAt(0)));
        Assert.NotNull(JudgeAtEnd(run, found => found.Records.RemoveAt(found.Records.Count - 1)));
        Assert.NotNull(JudgeAtEnd(run, found => found.Records.Add(found.Records[^1])));
        Assert.NotNull(JudgeAtEnd(run, found => found.Records.Add(42)));
        Assert.NotNull(JudgeAtEnd(run, found => found.Records.Reverse()));
    }

    [Fact]
    public void Where_the_log_is_not_kept_the_oldest_records_may_be_gone_and_no_others()
    {
        RecordedRun run = Record("records", DurabilityMode.Sync, 1);
        Assert.False(run.Plan.KeepsAllRecords);
        Assert.Null(JudgeAtEnd(run, found => found.Records.Clear()));
        Assert.NotNull(JudgeAtEnd(run, found => found.Records.RemoveAt(found.Records.Count - 1)));
    }

    [Fact]
    public void What_is_there_before_it_was_begun_is_seen()
    {
        RecordedRun run = Record("keyvalue", DurabilityMode.Sync, 2);
        FoundContents atEnd = Read(run);
        Assert.Null(run.History.Judge(atEnd, run.Trace.End));
        Assert.NotNull(run.History.Judge(atEnd, run.History.OpenedAt + 1));
    }

    [Fact]
    public void An_operation_without_one_that_had_returned_before_it_was_begun_is_seen()
    {
        // Writer 0's comes back, then writer 1 begins; only writer 1's is there. Neither was promised.
        RunPlan plan = RunPlan.Create("keyvalue", 2, DurabilityMode.None, 2, writers: 2) with
        {
            Operations = [[Put("writer-0/a", "first")], [Put("writer-1/a", "second")]],
        };
        RunHistory history = new(plan, FoundContents.Nothing(2)) { OpenedAt = 0 };
        (history.Writers[0].Begun[0], history.Writers[0].Returned[0]) = (1, 2);
        (history.Writers[1].Begun[0], history.Writers[1].Returned[0]) = (3, 4);
        foreach (WriterHistory writer in history.Writers)
            writer.Complete();
        FoundContents found = FoundContents.Nothing(2);
        Assert.Null(history.Judge(found, 5));
        found.Own[1] = FoundContents.Digest("writer-1/a", Mixing.Hash(ValueText.Encode("second")));
        Assert.NotNull(history.Judge(found, 5));
        found.Own[0] = FoundContents.Digest("writer-0/a", Mixing.Hash(ValueText.Encode("first")));
        Assert.Null(history.Judge(found, 5));
    }

    [Fact]
    public void An_operation_that_failed_may_have_happened_or_not()
    {
        RunPlan plan = RunPlan.Create("keyvalue", 2, DurabilityMode.Sync, 2, writers: 1) with
        {
            Operations = [[Put("writer-0/a", "first"), Put("writer-0/b", "second")]],
        };
        RunHistory history = new(plan, FoundContents.Nothing(1)) { OpenedAt = 0 };
        WriterHistory writer = history.Writers[0];
        writer.Begun[0] = 1;
        writer.Fail(0, isUnknown: true);
        (writer.Begun[1], writer.Returned[1], writer.Promised[1]) = (2, 3, 3);
        writer.Complete();
        ulong second = FoundContents.Digest("writer-0/b", Mixing.Hash(ValueText.Encode("second")));
        FoundContents found = FoundContents.Nothing(1);
        Assert.NotNull(history.Judge(found, 4));
        found.Own[0] = second;
        Assert.Null(history.Judge(found, 4));
        found.Own[0] = second + FoundContents.Digest("writer-0/a", Mixing.Hash(ValueText.Encode("first")));
        Assert.Null(history.Judge(found, 4));
        found.Own[0] -= second;
        Assert.NotNull(history.Judge(found, 4));
    }

    [Fact]
    public void An_operation_that_fails_without_a_fault_fails_the_run() =>
        RequireFailed(checkpointTransactions: 0, new PlannedOperation(OperationKind.Checkpoint, []));

    [Fact]
    public void Work_in_the_background_that_fails_without_a_fault_fails_the_run() =>
        RequireFailed(checkpointTransactions: 1);

    [Fact]
    public void A_file_that_is_left_open_fails_the_run()
    {
        RunPlan plan = RunPlan.Create("keyvalue", 2, DurabilityMode.Sync, 3, writers: 1);
        SimulationException failure = Assert.Throws<SimulationException>(() => RecordedRun.Record(plan, RunStart.New, static disk => new LeakingFiles(disk, "ROOT")));
        Assert.StartsWith("Files were left open: ROOT", failure.Message, StringComparison.Ordinal);
    }

    private static void RequireFailed(int checkpointTransactions, params PlannedOperation[] last)
    {
        // Enough of them for time to pass meanwhile.
        IEnumerable<PlannedOperation> puts = Enumerable.Range(0, 50).Select(number => Put($"writer-0/{number}", $"value {number}"));
        RunPlan plan = RunPlan.Create("keyvalue", 2, DurabilityMode.Sync, 1, writers: 1) with
        {
            Options = RunPlan.Quiet(new StoreOptions()) with { CheckpointTransactions = checkpointTransactions },
            Operations = [[.. puts, .. last]],
        };
        SimulationException failure = Assert.Throws<SimulationException>(() => RecordWithoutCheckpoints(plan));
        Assert.Contains("without a fault", failure.Message, StringComparison.Ordinal);
    }

    private static RecordedRun RecordWithoutCheckpoints(RunPlan plan) => RecordedRun.Record(plan, RunStart.New, static disk => new NoCheckpoints(disk));

    private static PlannedOperation Put(string key, string value) => new(OperationKind.Put, [new KeyWrite(key, value)]);

    private static bool HaveOneLength(RunPlan plan) =>
        plan.Operations.SelectMany(operations => operations).SelectMany(operation => operation.Writes).Where(write => write.Value is not null).Select(write => write.Value!.Length).Distinct().Count() == 1;

    private static RecordedRun Record(string workload, DurabilityMode durability, long seed) => RecordedRun.Record(RunPlan.Create(workload, seed, durability, 40));

    private static string? JudgeAtEnd(RecordedRun run, Action<FoundContents> change)
    {
        FoundContents found = Read(run);
        change(found);
        return run.History.Judge(found, run.Trace.End);
    }

    private static FoundContents Read(RecordedRun run)
    {
        CrashStateSpace space = new(run.Trace, CrashProfile.PosixMin);
        CrashChoice all = new(space.Micros.Count) { Cut = run.Trace.End };
        Array.Fill(all.Keeps, true);
        WorkloadStates states = WorkloadStates.Of(run.Plan);
        using PersistenceStore store = PersistenceStore.Open(SimulatedHost.CreateInline(space.At(all).ToFileSystem(), 1, 1), RunPlan.Quiet(run.Plan.Options), states.All);
        return FoundContents.Of(store, states, run.History.Writers.Count);
    }

    private static byte[] Write(RecordedRun run)
    {
        using MemoryStream output = new();
        DiskTraceCodec.Write(run.Trace, output);
        foreach (WriterHistory writer in run.History.Writers)
        {
            foreach (long stamp in (IEnumerable<long>)[.. writer.Begun, .. writer.Returned, .. writer.Promised])
                output.Write(BitConverter.GetBytes(stamp));
        }

        return output.ToArray();
    }
}
