using Persistence.Configuration;
using Persistence.CrashKit.Runs;
using Persistence.CrashKit.Soak;
using Persistence.CrashKit.Tests.Runs;
using Persistence.Tests;
using Xunit;

namespace Persistence.CrashKit.Tests.Soak;

/// <summary>Real processes on a real store; what takes hours otherwise, in seconds. A run is ended when it has shown what it is to show.</summary>
public sealed class SoakRunTests
{
    [Theory]
    [InlineData(DurabilityMode.Sync)]
    [InlineData(DurabilityMode.Batch)]
    [InlineData(DurabilityMode.None)]
    public void A_store_is_killed_closed_and_settled_and_keeps_its_promises(DurabilityMode durability)
    {
        using TestDirectory directory = new();
        SoakOptions options = Options(directory);
        SoakResult result = RunUntil(
            options with { Run = options.Run with { Durability = durability } },
            // On a busy machine a worker may be killed before it has done anything; the end of the run is one more recovery.
            result => result is { Settlements: > 4, CleanStops: > 0, Run.Verified: > 2 } && result.Run.RecoveriesReplaying * 2 > result.Run.Recoveries);
        Assert.Equal([], result.Run.Failures);
        Assert.Null(result.Run.WhyItCouldNotRun);
        Assert.Equal([], result.VacuousBecause);
        Assert.Equal(KillRunVerdict.Passed, result.Verdict);
        Assert.True(result.WasInterrupted);
        // The last stop is the end of the run, and the store was opened once more after it.
        Assert.Equal(result.Run.Kills + result.CleanStops, result.Restarts);
        Assert.True(result.Run.Inspections >= result.Settlements + result.Run.Kills);
        Assert.InRange(result.Last.WorkerBytes, 1, result.PeakBytes);
        Assert.InRange(result.Last.HarnessBytes, 1, result.HarnessPeakBytes);
        Assert.InRange(result.Last.DiskBytes, 1, result.DiskBytesMax);
    }

    [Fact]
    public void What_is_not_judged_yet_is_bounded_by_a_number_too()
    {
        using TestDirectory directory = new();
        SoakOptions options = Options(directory) with { LifeMean = TimeSpan.FromHours(1), SettleEvery = TimeSpan.FromHours(1), OperationsUnsettledMax = 100 };
        SoakResult result = RunUntil(options, result => result.Settlements > 4);
        Assert.Equal([], result.Run.Failures);
        Assert.Null(result.Run.WhyItCouldNotRun);
        Assert.InRange(result.Operations, result.Settlements * 50, long.MaxValue);
        // Nobody was killed: that is no soak.
        Assert.Equal(KillRunVerdict.Vacuous, result.Verdict);
    }

    [Fact]
    public void An_engine_that_acknowledges_before_it_writes_is_convicted()
    {
        const string Mutant = "ack-before-write";
        using TestDirectory directory = new();
        SoakOptions options = Options(directory);
        SoakResult result = RunUntil(options with { Run = options.Run with { Worker = BuiltHarness.Worker(Mutant), Mutant = Mutant } }, _ => false);
        Assert.Null(result.Run.WhyItCouldNotRun);
        Assert.Equal(KillRunVerdict.Convicted, result.Verdict);
        Assert.Contains("State verified before:", File.ReadAllText(result.Run.Failures[0].EvidenceFile!), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_store_whose_log_or_whose_archive_is_never_trimmed_is_convicted(bool archives)
    {
        using TestDirectory directory = new();
        SoakOptions options = Options(directory) with
        {
            KeepsWholeLog = !archives,
            KeepsWholeArchive = archives,
            LifeMean = TimeSpan.FromHours(1),
            SampleEvery = TimeSpan.FromMilliseconds(10),
            // One sample will do, and so long a time: a machine that stands still for some seconds, at the end of the run for one, leaves a quarter with no more.
            Disk = new FlatnessRule { TimeMin = TimeSpan.FromSeconds(5), SamplesMin = 1, ToleranceBytes = 1 << 16 },
        };
        // By so much that the samples still to come change nothing.
        const long Plenty = 1 << 19;
        SoakResult result = RunUntil(options, result => result.Flatness[^1] is { IsGrowing: true } disk && disk.LaterBytes > disk.AllowedBytes + Plenty);
        Assert.Equal([], result.Run.Failures);
        Assert.Null(result.Run.WhyItCouldNotRun);
        Assert.Equal(KillRunVerdict.Convicted, result.Verdict);
        DiskUse disk = result.Last.Disk;
        Assert.True(2 * (archives ? disk.ArchiveBytes : disk.LogBytes) > disk.Bytes, $"{disk}");
    }

    [Theory]
    [InlineData("exit 3", "The worker ended in the middle of its work")]
    [InlineData("exec sleep 1000", "The worker has done nothing for 1 s.")]
    public void A_worker_that_does_not_work_is_no_answer(string work, string message)
    {
        using TestDirectory directory = new();
        SoakOptions options = Options(directory);
        SoakResult result = new SoakRun(options with
        {
            LifeMean = TimeSpan.FromHours(1),
            SettleEvery = TimeSpan.FromHours(1),
            Run = options.Run with
            {
                AnswerTime = TimeSpan.FromSeconds(1),
                Worker = ShellScript.Write(directory, "worker.sh", $$$"""
                    echo '{"ready":{"caps":["open","verify","run","pause","stop"]}}'
                    read -r order; echo '{"ready":{"recovered":true}}'
                    read -r order; echo '{"dump":{"end":true}}'
                    read -r order; {{{work}}}
                    """),
            },
        }).Run(TestContext.Current.CancellationToken);
        Assert.Equal(KillRunVerdict.CouldNotRun, result.Verdict);
        Assert.StartsWith(message, result.Run.WhyItCouldNotRun, StringComparison.Ordinal);
        ShellScript.AssertNoneRuns(directory);
    }

    /// <summary>Ends the run once it has shown enough; one that never does ends by itself, and is then found wanting.</summary>
    private static SoakResult RunUntil(SoakOptions options, Predicate<SoakResult> isEnough)
    {
        using CancellationTokenSource enough = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        SoakRun run = new(options);
        Task<SoakResult> running = Task.Factory.StartNew(() => run.Run(enough.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        SpinWait.SpinUntil(() => running.IsCompleted || isEnough(run.Result));
        enough.Cancel();
        return running.GetAwaiter().GetResult();
    }

    private static SoakOptions Options(TestDirectory directory) => new()
    {
        Run = new KillRunOptions { Worker = BuiltHarness.Worker(), Directory = directory.Path, Seed = 1 },
        Duration = TimeSpan.FromMinutes(1),
        LifeMean = TimeSpan.FromMilliseconds(200),
        SettleEvery = TimeSpan.FromMilliseconds(50),
        SampleEvery = TimeSpan.FromMilliseconds(100),
    };
}
