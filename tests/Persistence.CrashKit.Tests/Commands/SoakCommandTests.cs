using System.Text.Json;
using Persistence.Tests;
using Xunit;

namespace Persistence.CrashKit.Tests.Commands;

/// <summary>`soak` as a process.</summary>
public sealed class SoakCommandTests
{
    [Theory]
    [InlineData("--duration '0s' is not allowed. Allowed: more than 0", "--duration", "0s")]
    [InlineData("--duration 'long' is not allowed. Allowed: more than 0", "--duration", "long")]
    [InlineData("--writers '0' is not allowed. Allowed: a whole number from 1", "--writers", "0")]
    [InlineData("--durability 'Sometimes' is not allowed. Allowed: Sync, Batch, None", "--durability", "Sometimes")]
    [InlineData("--json '' is not allowed", "--json", "")]
    [InlineData("Unrecognized command or argument '--kills'", "--kills")]
    [InlineData("There is no workload 'x'", "--workload", "x")]
    [InlineData("Kills alone reveal no mutant 'x'", "--mutant", "x")]
    public async Task What_is_not_allowed_is_said_in_one_line(string message, params string[] arguments) =>
        await HarnessProcess.AssertRefusesAsync(message, ["soak", .. arguments], TestContext.Current.CancellationToken);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_interrupted_run_answers_for_what_was_done_and_leaves_nothing(bool reachesWorkers)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The signal is one of POSIX systems.");
        Assert.SkipWhen(reachesWorkers && !OperatingSystem.IsLinux(), "A program that starts groups is part of Linux only.");
        using TestDirectory directory = new();
        string[] arguments = ["soak", "--duration", "10h", "--json", "report.json", "--junit", "report.xml"];
        using HarnessProcess harness = reachesWorkers ? HarnessProcess.StartGroup(directory, arguments) : new(directory, arguments);
        string stores = harness.TemporaryDirectory;
        SpinWait.SpinUntil(() => Directory.EnumerateFiles(stores, "*.full", SearchOption.AllDirectories).Any());
        if (reachesWorkers)
            harness.SignalGroup("TERM");
        else
            harness.Signal("TERM");
        (int exitCode, string[] output, string[] errors) = await harness.EndAsync(TestContext.Current.CancellationToken);
        // Its first worker would have lived for long: no kill was seen.
        Assert.True(exitCode == 3, string.Join("\n", output));
        Assert.StartsWith("VACUOUS (interrupted): ", output[^1], StringComparison.Ordinal);
        Assert.Empty(errors);
        Assert.Empty(Directory.EnumerateFileSystemEntries(stores));
        using JsonDocument report = JsonDocument.Parse(File.ReadAllText(directory.Combine("report.json")));
        Assert.True(report.RootElement.GetProperty("interrupted").GetBoolean());
        Assert.True(report.RootElement.GetProperty("operations").GetInt64() > 0);
        Assert.Equal(1, report.RootElement.GetProperty("restarts").GetInt32());
        Assert.NotEqual(0, new FileInfo(directory.Combine("report.xml")).Length);
    }
}
