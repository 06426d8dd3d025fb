using Persistence.Configuration;
using Persistence.CrashKit.Runs;
using Persistence.CrashKit.Terminals.Runs;
using Persistence.CrashKit.Tests.Runs;
using Persistence.Tests;
using Xunit;

namespace Persistence.CrashKit.Tests.Terminals;

/// <summary>Hosts of terminals with real shells, really killed.</summary>
public sealed class TerminalRunTests
{
    private static readonly bool HasShell = !OperatingSystem.IsWindows() && File.Exists("/bin/sh");

    [Theory]
    [InlineData(DurabilityMode.Sync)]
    [InlineData(DurabilityMode.Batch)]
    [InlineData(DurabilityMode.None)]
    public void Hosts_of_terminals_keep_their_promises_through_a_few_kills(DurabilityMode durability)
    {
        Assert.SkipUnless(HasShell, "Needs /bin/sh.");
        using TestDirectory directory = new();
        TerminalRunResult result = Run(directory, mutant: null, isEager: false, kills: 6, durability);
        Assert.Equal([], result.Run.Failures);
        Assert.Null(result.Run.WhyItCouldNotRun);
        Assert.Equal(6, result.Run.Kills);
        Assert.Equal(6, result.Run.Verified);
        Assert.True(result.Run.Acknowledged > 0);
        Assert.True(result.Answers > 0);
        Assert.True(result.CleanCloses >= 2);
        Assert.Empty(Directory.EnumerateFileSystemEntries(directory.Path));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("ack-before-write")]
    [InlineData("apply-twice")]
    public void Every_canary_is_convicted(string? mutant)
    {
        Assert.SkipUnless(HasShell, "Needs /bin/sh.");
        using TestDirectory directory = new();
        TerminalRunResult result = Run(directory, mutant, isEager: mutant is null, kills: 100, DurabilityMode.Sync);
        Assert.Null(result.Run.WhyItCouldNotRun);
        Assert.Equal(KillRunVerdict.Convicted, result.Verdict);
        Assert.Contains("Promised:", File.ReadAllText(result.Run.Failures[0].EvidenceFile!), StringComparison.Ordinal);
    }

    private static TerminalRunResult Run(TestDirectory directory, string? mutant, bool isEager, int kills, DurabilityMode durability) => new TerminalRun(new TerminalRunOptions
    {
        Run = new KillRunOptions
        {
            Worker = BuiltHarness.TerminalHost(mutant),
            IsBuiltIn = false,
            Directory = directory.Path,
            Kills = kills,
            KillsPerStore = 3,
            Seed = 1,
            Workload = TerminalRunOptions.Workload,
            Durability = durability,
            Mutant = mutant,
            AnswerTime = TimeSpan.FromMinutes(3),
        },
        IsEager = isEager,
    }).Run(TestContext.Current.CancellationToken);
}
