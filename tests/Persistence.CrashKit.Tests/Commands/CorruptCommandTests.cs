using System.Text.Json;
using Persistence.Tests;
using Xunit;

namespace Persistence.CrashKit.Tests.Commands;

/// <summary><c>harness corrupt</c> as a process.</summary>
public sealed class CorruptCommandTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_run_reports_what_was_damaged_and_what_became_of_it()
    {
        using TestDirectory directory = new();
        using HarnessProcess harness = new(directory, "corrupt", "--store", "just created", "--workload", "keyvalue", "--seed", "7", "--json", "report.json", "--junit", "report.xml");
        (int exitCode, string[] output, string[] errors) = await harness.EndAsync(Cancellation);
        Assert.True(exitCode == 0, string.Join("\n", output));
        Assert.Empty(errors);
        Assert.StartsWith("PASSED: corrupt: states: ", output[^1], StringComparison.Ordinal);
        using JsonDocument report = JsonDocument.Parse(File.ReadAllText(directory.Combine("report.json")));
        JsonElement root = report.RootElement;
        Assert.Equal(0, root.GetProperty("failures").GetInt32());
        Assert.Equal(7, root.GetProperty("seed").GetInt64());
        Assert.InRange(root.GetProperty("distinct").GetInt64(), 3000, root.GetProperty("states").GetInt64());
        Assert.True(root.GetProperty("states_per_second").GetDouble() > 0);
        foreach (string tier in (string[])["flip", "zero", "garbage", "truncate", "extend", "delete", "swap", "misdirect", "stale", "foreign"])
            Assert.True(root.GetProperty("tiers").GetProperty(tier).GetInt64() > 0, tier);
        Assert.True(root.GetProperty("evidence").GetProperty("refused").GetInt64() > 0);
        Assert.Contains("<testsuite", File.ReadAllText(directory.Combine("report.xml")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_engine_that_fails_with_something_else_than_it_may_is_convicted()
    {
        // That exception had ended the run, with no verdict.
        using TestDirectory directory = new();
        using HarnessProcess harness = new(directory, "corrupt", "--store", "killed, recovered, killed", "--mutant", "misdirected-write-accepted");
        (int exitCode, string[] output, _) = await harness.EndAsync(Cancellation);
        Assert.Equal(1, exitCode);
        Assert.Contains(output, line => line.StartsWith("FAILED (swap): ArgumentOutOfRangeException: ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("There is no workload 'x'", "--workload", "x")]
    [InlineData("There is no store 'x'", "--store", "x")]
    [InlineData("--states '0' is not allowed. Allowed: a whole number from 1", "--states", "0")]
    public async Task What_is_not_allowed_is_said_in_one_line(string message, params string[] arguments)
    {
        using TestDirectory directory = new();
        using HarnessProcess harness = new(directory, ["corrupt", .. arguments]);
        (int exitCode, string[] output, string[] errors) = await harness.EndAsync(Cancellation);
        Assert.Equal(2, exitCode);
        Assert.Contains(message, Assert.Single(errors), StringComparison.Ordinal);
        Assert.Empty(output);
    }
}
