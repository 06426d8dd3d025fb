using System.Text.Json;
using Persistence.Configuration;
using Persistence.CrashKit.Entities.Work;
using Persistence.CrashKit.Exploration;
using Persistence.CrashKit.Faults;
using Persistence.CrashKit.Oracle;
using Persistence.CrashKit.Runs;
using Persistence.CrashKit.Simulation;
using Persistence.CrashKit.Tests.Commands;
using Persistence.CrashKit.Worker;
using Persistence.Storage;
using Persistence.Storage.Simulated;
using Persistence.Tests;
using Xunit;

namespace Persistence.CrashKit.Tests.Faults;

/// <summary>Every operation fails in every way: the engine loses nothing by it, and an engine that would is found.</summary>
public sealed class FaultExplorationTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void The_same_seed_gives_the_same_counts_whatever_the_lanes()
    {
        ExplorationFigures one = Explore(new FaultOptions { Seed = 7 }, states: 500, lanes: 1).Figures;
        ExplorationFigures two = Explore(new FaultOptions { Seed = 7 }, states: 500, lanes: 2).Figures;
        Assert.Equal(one.Tiers, two.Tiers);
        Assert.Equal(one.Evidence, two.Evidence);
    }

    [Fact]
    public void Entities_come_through_faults()
    {
        ExplorationResult result = Explore(new FaultOptions { Seed = 4, Workloads = ["entities"] }, states: 6000);
        Assert.Equal([], result.Figures.Failures.Select(failure => failure.ToString()));
        Assert.True(result.Figures.Evidence[EntityEvidence.NameOf(EntityDeeds.Transfer)] > 0);
    }

    [Fact]
    public void A_writer_whose_commit_the_store_stopped_at_may_find_it_or_not()
    {
        int stopped = 0;
        foreach (FaultPlan plan in Enumerable.Range(0, 20).Select(number => FaultPlan.AfterCrash(new FaultOptions { Workloads = ["entities"], Durability = DurabilityMode.Batch }, number)))
        {
            foreach (FaultPoint point in plan.FindPoints().Where(point => point is { Kind: FaultKind.JournalAborted, Operation.Kind: StorageOperationKind.SyncData }))
            {
                FaultRun run = FaultRun.Perform(plan.Run, plan.Start, point);
                Assert.Null(run.Objection);
                stopped += run.IsPoisoned ? 1 : 0;
            }
        }

        Assert.True(stopped > 0);
    }

    [Theory]
    [InlineData("mixed")]
    [InlineData("entities")]
    public void An_engine_that_does_not_hear_of_failed_syncs_is_convicted_by_a_power_cut(string workload)
    {
        ExplorationResult result = Explore(new FaultOptions { Workloads = [workload], Wrap = files => new FaultCanary.SwallowingFileSystem(files) }, states: 20_000);
        Assert.Equal(KillRunVerdict.Convicted, result.Verdict);
        Assert.Contains(result.Figures.Failures, failure => failure.Tier.StartsWith("sync: ", StringComparison.Ordinal) && failure.Message.Contains("power cut", StringComparison.Ordinal));
    }

    [Fact]
    public void An_engine_that_takes_a_short_write_for_a_whole_one_is_convicted()
    {
        ExplorationResult result = Explore(new FaultOptions { Wrap = files => new CarelessWriting(files) }, states: 40_000);
        Assert.Equal(KillRunVerdict.Convicted, result.Verdict);
    }

    [Fact]
    public void An_engine_that_does_not_read_back_its_checkpoints_is_convicted_by_a_lost_write()
    {
        Assert.True(AreLostWritesHarmless(new FaultOptions()));
        Assert.False(AreLostWritesHarmless(new FaultOptions { Wrap = files => new Remembering(files) }));
    }

    [Fact]
    public void Work_in_the_background_that_fails_without_a_fault_is_convicted()
    {
        RunPlan drawn = RunPlan.Create("keyvalue", 2, DurabilityMode.Sync, 50, writers: 1);
        RunPlan plan = drawn with
        {
            Options = RunPlan.Quiet(drawn.Options) with { CheckpointTransactions = 1 },
            Operations = [[.. drawn.Operations[0].Where(operation => operation.Kind is not (OperationKind.Checkpoint or OperationKind.Compact))]],
        };
        Assert.Null(FaultRun.Perform(plan, RunStart.New, point: null).Objection);
        Assert.StartsWith("work in the background failed", FaultRun.Perform(plan, RunStart.New, point: null, files => new NoCheckpoints(files)).Objection, StringComparison.Ordinal);
    }

    [Fact]
    public void A_store_that_says_it_is_closed_has_promised_everything_and_one_that_could_not_has_not()
    {
        RunPlan drawn = RunPlan.Create("keyvalue", 2, DurabilityMode.None, 5, writers: 1);
        PlannedOperation[] puts = [.. drawn.Operations[0].Where(operation => operation.Kind == OperationKind.Put && !operation.AsksForSync)];
        RunPlan plan = drawn with { Options = RunPlan.Quiet(drawn.Options), Operations = [puts] };
        FaultRun unhurt = FaultRun.Perform(plan, RunStart.New, point: null);
        Assert.NotEmpty(puts);
        Assert.All(unhurt.Run.History.Writers[0].Promised, promised => Assert.True(promised < unhurt.ClosedAt));

        StorageOperation last = unhurt.Disk.Seen.First(seen => seen.Phase == FaultPhase.Close && seen.Operation.Kind == StorageOperationKind.SyncData).Operation;
        FaultRun failed = FaultRun.Perform(plan, RunStart.New, new FaultPoint(last, FaultKind.SyncForgotten, IsLasting: false, Choice: 0));
        Assert.Null(failed.Objection);
        Assert.All(failed.Run.History.Writers[0].Promised, promised => Assert.Equal(long.MaxValue, promised));
    }

    [Fact]
    public void An_engine_that_leaves_a_file_open_is_convicted()
    {
        FaultPlan plan = FaultPlan.OnNewStore(new FaultOptions(), 0);
        FaultPoint point = plan.FindPoints().First(point => point.Kind == FaultKind.ClockForward);
        Assert.Null(FaultRun.Perform(plan.Run, plan.Start, point).Objection);
        Assert.StartsWith("files were left open: ROOT", FaultRun.Perform(plan.Run, plan.Start, point, files => new LeakingFiles(files, "ROOT")).Objection, StringComparison.Ordinal);
    }

    [Fact]
    public void An_exception_that_is_no_StoreException_is_convicted()
    {
        ExplorationResult result = Explore(new FaultOptions { Wrap = files => new UntypedErrors(files) }, states: 20_000);
        Assert.Contains(result.Figures.Failures, failure => failure.Message.Contains("no StoreException", StringComparison.Ordinal));
    }

    [Fact]
    public void One_fault_of_each_sort_comes_before_the_second_of_any()
    {
        FaultPoint[] points = [.. FaultPlan.OnNewStore(new FaultOptions(), 0).FindPoints()];
        FaultPoint[] ordered = [.. Enumerable.Range(0, FaultExploration.SharesOfRun).SelectMany(share => FaultExploration.ShareOf(points, share))];
        Assert.Equal(points.Length, ordered.Distinct().Count());
        Assert.Equal(points.Length, ordered.Length);
        int sorts = points.Select(SortOf).Distinct().Count();
        Assert.Equal(sorts, ordered.Take(sorts).Select(SortOf).Distinct().Count());

        static (FaultKind, StorageOperationKind, string, string) SortOf(FaultPoint point) =>
            (point.Kind, point.Operation.Kind, point.Operation.Path.Split('/')[0], point.Operation.Path.StartsWith("staging/", StringComparison.Ordinal) ? Path.GetExtension(point.Operation.Path) : "");
    }

    [Fact]
    public void A_run_of_which_little_fired_is_vacuous()
    {
        ExplorationResult result = Explore(new FaultOptions(), states: 1);
        Assert.Equal(KillRunVerdict.Vacuous, result.Verdict);
        Assert.Contains(result.VacuousBecause, reason => reason.Contains(nameof(FaultPhase.Recovery), StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_engine_passes_and_the_report_says_what_was_tried()
    {
        using TestDirectory directory = new();
        using HarnessProcess harness = new(directory, "faults", "--states", "16000", "--seed", "3", "--json", "report.json", "--junit", "report.xml");
        (int exitCode, string[] output, string[] _) = await harness.EndAsync(Cancellation);
        Assert.True(exitCode == 0, string.Join("\n", output));
        Assert.StartsWith("PASSED: faults: states: ", output[^1], StringComparison.Ordinal);
        using JsonDocument report = JsonDocument.Parse(File.ReadAllText(directory.Combine("report.json")));
        Assert.True(report.RootElement.GetProperty("distinct").GetInt64() >= 16000);
        Assert.Equal((0, 3), (report.RootElement.GetProperty("failures").GetInt32(), report.RootElement.GetProperty("seed").GetInt32()));
        Assert.Equal(FaultKinds.All.Count + 1, report.RootElement.GetProperty("tiers").EnumerateObject().Count());
        Assert.Contains("testsuite", File.ReadAllText(directory.Combine("report.xml")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("There is no workload 'x'", "--workload", "x")]
    [InlineData("--durability '7' is not allowed", "--durability", "7")]
    [InlineData("--states '0' is not allowed", "--states", "0")]
    public async Task What_is_not_allowed_is_said_in_one_line(string message, params string[] arguments)
    {
        using TestDirectory directory = new();
        using HarnessProcess harness = new(directory, ["faults", .. arguments]);
        (int exitCode, string[] _, string[] errors) = await harness.EndAsync(Cancellation);
        Assert.Equal(2, exitCode);
        Assert.Contains(message, Assert.Single(errors), StringComparison.Ordinal);
    }

    private static ExplorationResult Explore(FaultOptions options, int states, int lanes = 2) =>
        new ExplorationRun(new FaultExploration(options), new ExplorationOptions { Seed = options.Seed, States = states, Lanes = lanes }).Run(Cancellation);

    /// <summary>Those of checkpoints that are being made, in a few runs.</summary>
    private static bool AreLostWritesHarmless(FaultOptions options)
    {
        for (long number = 0; number < 12; number++)
        {
            FaultPlan plan = FaultPlan.OnNewStore(options, number);
            FaultExplorer explorer = new(plan, options, new ExplorationFigures());
            foreach (FaultPoint point in plan.FindPoints().Where(point => point.Kind == FaultKind.LostWrite && IsCheckpoint(point.Operation.Path)))
            {
                if (explorer.Explore(point) is not null)
                    return false;
            }
        }

        return true;
    }

    private static bool IsCheckpoint(string path) => Persistence.CrashKit.Worker.StoreFiles.IsStagedCheckpoint(path);

    /// <summary>Gives back of a checkpoint that is being made what was written, whatever became of it: as if nobody looked at the disk.</summary>
    private sealed class Remembering(IFileSystem inner) : ForwardingFileSystem(inner)
    {
        private readonly Dictionary<string, byte[]> _written = [];

        public override IFile Open(string path, FileIntent intent)
        {
            IFile file = base.Open(path, intent);
            if (intent == FileIntent.CreateNew)
                _written.Remove(path);
            return IsCheckpoint(path) ? new RememberingFile(file, _written) : file;
        }

        private sealed class RememberingFile(IFile inner, Dictionary<string, byte[]> written) : ForwardingFile(inner)
        {
            public override long GetLength() => Written.Length;

            public override int Read(Span<byte> buffer, long offset)
            {
                ReadOnlySpan<byte> rest = Written.AsSpan((int)offset);
                rest = rest[..Math.Min(rest.Length, buffer.Length)];
                rest.CopyTo(buffer);
                return rest.Length;
            }

            public override void Write(ReadOnlySpan<byte> data, long offset)
            {
                byte[] content = Written;
                Array.Resize(ref content, (int)Math.Max(content.Length, offset + data.Length));
                data.CopyTo(content.AsSpan((int)offset));
                written[Path] = content;
                base.Write(data, offset);
            }

            private byte[] Written => written.GetValueOrDefault(Path, []);
        }
    }

    /// <summary>Takes what was written for what was asked for.</summary>
    private sealed class CarelessWriting(IFileSystem inner) : ForwardingFileSystem(inner)
    {
        public override IFile Open(string path, FileIntent intent) => new CarelessFile(base.Open(path, intent));

        private sealed class CarelessFile(IFile inner) : ForwardingFile(inner)
        {
            public override void Write(ReadOnlySpan<byte> data, long offset)
            {
                try
                {
                    base.Write(data, offset);
                }
                catch (StorageException)
                {
                    // The mistake.
                }
            }
        }
    }

    /// <summary>Lets an error of the system out as it is.</summary>
    private sealed class UntypedErrors(IFileSystem inner) : ForwardingFileSystem(inner)
    {
        public override IReadOnlyList<FileEntry> List(string directory)
        {
            try
            {
                return base.List(directory);
            }
            catch (StorageException e)
            {
                throw new IOException(e.Message);
            }
        }
    }
}
