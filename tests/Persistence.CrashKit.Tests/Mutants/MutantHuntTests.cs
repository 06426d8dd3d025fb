using System.Text.Json;
using Persistence.CrashKit.Mutants;
using Persistence.CrashKit.Reports;
using Persistence.CrashKit.Runs;
using Persistence.CrashKit.Tests.Reports;
using Xunit;

namespace Persistence.CrashKit.Tests.Mutants;

public sealed class MutantHuntTests
{
    [Fact]
    public void A_hunt_in_which_every_tier_catches_its_own_passes()
    {
        MutantHuntResult result = Hunt(allTiers: false, static (tier, mutant) => mutant.Tier == tier);
        Assert.Equal(KillRunVerdict.Passed, result.Verdict);
        Assert.Equal(MutantCatalog.All.Count, result.Caught + result.Equivalent + result.Pending);
        Assert.Equal(0, result.Survived);
    }

    [Fact]
    public void A_mutant_that_survives_convicts_the_harness()
    {
        MutantHuntResult result = Hunt(allTiers: false, static (tier, mutant) => mutant.Tier == tier && mutant.Name != "lsn-reused");
        Assert.Equal(KillRunVerdict.Convicted, result.Verdict);
        Assert.Equal("lsn-reused", Assert.Single(result.Trials, trial => trial.Survived).Mutant.Name);
    }

    [Fact]
    public void One_that_another_tier_caught_has_survived_the_one_that_had_to()
    {
        MutantHuntResult result = Hunt(allTiers: true, static (tier, mutant) => mutant.Name == "lsn-reused" ? tier == MutantTier.Fault : mutant.Tier == tier);
        Assert.Equal(1, result.Survived);
    }

    [Fact]
    public void A_tier_that_catches_nothing_alone_is_not_needed_and_that_is_said()
    {
        MutantHuntResult result = Hunt(allTiers: true, static (tier, mutant) => mutant.Tier == tier || (mutant.Tier == MutantTier.Fault && tier == MutantTier.PowerLoss));
        Assert.Equal(KillRunVerdict.Convicted, result.Verdict);
        Assert.Equal([MutantTier.Fault], result.TiersWithout);
    }

    [Fact]
    public void Nothing_is_said_of_mutants_that_were_not_tried_to_the_end()
    {
        using CancellationTokenSource interrupted = new();
        Hunter[] hunters = [.. Enum.GetValues<MutantTier>().Select(tier => new Hunter(tier, (_, mutant) => IsFoundBefore(mutant, interrupted)))];
        MutantHuntResult result = new MutantHunt(hunters, new MutantHuntOptions()).Run(interrupted.Token);
        Assert.Equal(KillRunVerdict.CouldNotRun, result.Verdict);
        Assert.Equal(2, result.Caught);
        Assert.Equal(0, result.Survived);
        Assert.Empty(result.TiersWithout);
        Assert.StartsWith("Could not run: interrupted", MutantReport.Table(result).Last(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_report_has_the_fields_it_is_to_have()
    {
        JsonElement report = WrittenReport.ReadJson(output => MutantReport.WriteJson(Hunt(allTiers: false, static (tier, mutant) => mutant.Tier == tier), output));
        Assert.Equal(61, report.GetProperty("caught").GetInt32());
        Assert.Equal(0, report.GetProperty("survived").GetInt32());
        Assert.Equal(2, report.GetProperty("equivalent").GetInt32());
        Assert.Equal(0, report.GetProperty("pending").GetInt32());
        Assert.True(report.GetProperty("seconds").GetDouble() >= 0);
        JsonElement first = report.GetProperty("mutants")[0];
        Assert.Equal(1, first.GetProperty("id").GetInt32());
        Assert.Equal("ack-before-flush", first.GetProperty("name").GetString());
        Assert.Equal("PowerLoss", first.GetProperty("tier").GetString());
        Assert.Equal("found", first.GetProperty("caughtBy").GetString());
        Assert.Equal(JsonValueKind.Null, first.GetProperty("equivalentReason").ValueKind);
        Assert.False(string.IsNullOrEmpty(report.GetProperty("mutants")[12].GetProperty("equivalentReason").GetString()));
    }

    private static MutantHuntResult Hunt(bool allTiers, Func<MutantTier, Mutant, bool> catches) =>
        new MutantHunt([.. Enum.GetValues<MutantTier>().Select(tier => new Hunter(tier, catches))], new MutantHuntOptions { AllTiers = allTiers }).Run(CancellationToken.None);

    private static bool IsFoundBefore(Mutant mutant, CancellationTokenSource interrupted)
    {
        if (mutant.Id == 3)
            interrupted.Cancel();
        return !interrupted.IsCancellationRequested;
    }

    private sealed class Hunter(MutantTier tier, Func<MutantTier, Mutant, bool> catches) : IMutantHunter
    {
        public MutantTier Tier => tier;

        public string? Hunt(string mutant, long seed, CancellationToken stop) => catches(tier, MutantCatalog.Find(mutant)!) ? "found" : null;
    }
}
