using Persistence.Configuration;
using Persistence.CrashKit.Entities.Work;
using Persistence.CrashKit.Processes;
using Persistence.CrashKit.Protocol;
using Persistence.CrashKit.Runs;
using Persistence.Tests;
using Xunit;

namespace Persistence.CrashKit.Tests.Runs;

/// <summary>Real processes, really killed.</summary>
public sealed class KillRunTests
{
    [Theory]
    [InlineData(DurabilityMode.Sync)]
    [InlineData(DurabilityMode.Batch)]
    [InlineData(DurabilityMode.None)]
    public void The_engine_keeps_its_promises_through_a_few_kills(DurabilityMode durability)
    {
        using TestDirectory directory = new();
        KillRunResult result = new KillRun(Options(directory) with
        {
            Kills = 16,
            KillsPerStore = 8,
            InspectEvery = 2,
            Durability = durability,
            Points = [KillPoint.InsideWrite, KillPoint.AfterSync, KillPoint.InsideRecovery],
        }).Run(TestContext.Current.CancellationToken);
        Assert.Equal([], result.Failures);
        Assert.Null(result.WhyItCouldNotRun);
        Assert.Equal(16, result.Verified);
        Assert.Equal(0, result.UnexpectedExits);
        Assert.True(result.Inspections > 0);
        Assert.True(result.Acknowledged > 0);
    }

    [Fact]
    public void A_worker_dies_where_it_is_told_to()
    {
        using TestDirectory directory = new();
        KillPoint[] points = [.. KillPoints.All.Where(point => point != KillPoint.InsideCreation)];
        KillRunResult result = new KillRun(Options(directory) with { Kills = 60, Points = points }).Run(TestContext.Current.CancellationToken);
        Assert.Equal([], result.Failures);
        Assert.Null(result.WhyItCouldNotRun);
        Assert.All(result.PointsRequested.Keys, point => Assert.True(result.PointsFired.ContainsKey(point), point.ToString()));
    }

    [Theory]
    [InlineData("ack-before-write", KillPoint.BetweenAckAndWrite)]
    [InlineData("skip-checksum", KillPoint.InsideWrite)]
    [InlineData("apply-twice", KillPoint.BeforeSync)]
    public void Every_canary_is_convicted(string mutant, KillPoint point)
    {
        Assert.Contains(mutant, MutantNames.OfKillTier);
        using TestDirectory directory = new();
        KillRunResult result = new KillRun(Options(directory) with
        {
            Worker = BuiltHarness.Worker(mutant),
            Mutant = mutant,
            Kills = 200,
            Points = [point],
        }).Run(TestContext.Current.CancellationToken);
        Assert.Null(result.WhyItCouldNotRun);
        Assert.Equal(KillRunVerdict.Convicted, result.Verdict);
        Failure first = result.Failures[0];
        Assert.True(Directory.Exists(first.StoreDirectory));
        Assert.Contains("State verified before:", File.ReadAllText(first.EvidenceFile!), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(DurabilityMode.Sync)]
    [InlineData(DurabilityMode.None)]
    public void Entities_are_kept_through_a_few_kills(DurabilityMode durability)
    {
        using TestDirectory directory = new();
        KillRunResult result = new KillRun(Options(directory) with { Workload = "entities", Kills = 24, KillsPerStore = 12, InspectEvery = 2, Durability = durability }).Run(TestContext.Current.CancellationToken);
        Assert.Equal([], result.Failures);
        Assert.Null(result.WhyItCouldNotRun);
        Assert.Equal(24, result.Verified);
        Assert.True(result.Inspections > 0);
        Assert.True(result.EntityDeeds[EntityDeeds.Transfer] > 0);
    }

    [Theory]
    [InlineData("ack-before-write", KillPoint.BetweenAckAndWrite)]
    [InlineData("apply-twice", KillPoint.BeforeSync)]
    public void Canaries_are_convicted_by_entities_too(string mutant, KillPoint point)
    {
        using TestDirectory directory = new();
        KillRunResult result = new KillRun(Options(directory) with { Worker = BuiltHarness.Worker(mutant), Mutant = mutant, Workload = "entities", Kills = 200, Points = [point] }).Run(TestContext.Current.CancellationToken);
        Assert.Null(result.WhyItCouldNotRun);
        Assert.Equal(KillRunVerdict.Convicted, result.Verdict);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_worker_that_is_not_there_is_no_answer(bool isBuiltIn)
    {
        using TestDirectory directory = new();
        KillRunResult result = new KillRun(Options(directory) with { IsBuiltIn = isBuiltIn, Worker = WorkerCommand.Parse("no-such-program-anywhere") }).Run(TestContext.Current.CancellationToken);
        Assert.Equal(KillRunVerdict.CouldNotRun, result.Verdict);
        Assert.StartsWith("The program 'no-such-program-anywhere' could not be started: ", result.WhyItCouldNotRun, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.WhyItCouldNotRun, StringComparison.Ordinal);
    }

    [Fact]
    public void A_worker_that_ends_by_itself_is_no_answer()
    {
        using TestDirectory directory = new();
        WorkerCommand silent = BuiltHarness.Worker() with { Arguments = [Path.Combine(BuiltHarness.Directory, "harness.dll"), "--version"] };
        KillRunResult result = new KillRun(Options(directory) with { Worker = silent }).Run(TestContext.Current.CancellationToken);
        Assert.Equal(KillRunVerdict.CouldNotRun, result.Verdict);
    }

    [Fact]
    public void A_run_that_is_cancelled_says_what_it_has()
    {
        using TestDirectory directory = new();
        using CancellationTokenSource cancelled = new();
        cancelled.Cancel();
        KillRunResult result = new KillRun(Options(directory)).Run(cancelled.Token);
        Assert.Equal(0, result.Kills);
        Assert.Equal(KillRunVerdict.CouldNotRun, result.Verdict);
    }

    private static KillRunOptions Options(TestDirectory directory) => new()
    {
        Worker = BuiltHarness.Worker(),
        Directory = directory.Path,
        Kills = 4,
        Seed = 1,
    };
}
