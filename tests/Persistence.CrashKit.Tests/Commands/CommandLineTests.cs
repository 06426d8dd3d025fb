using System.Text.Json;
using Persistence.CrashKit.Tests.Runs;
using Persistence.Tests;
using Xunit;

namespace Persistence.CrashKit.Tests.Commands;

/// <summary>The command line as a process: what people type, what they are told, and how it ends.</summary>
public sealed class CommandLineTests
{
    private const int CouldNotRun = 2;

    private const string Worker = """
        echo '{"ready":{"caps":["open","verify","run"]}}'
        read -r order; echo '{"ready":{"recovered":true}}'
        read -r order; echo '{"dump":{"end":true}}'
        read -r order; : > "$CRASHKIT_DIR/running"; exec sleep 1000
        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("--kills '0' is not allowed. Allowed: a whole number from 1", "--kills", "0")]
    [InlineData("--kills '-3' is not allowed. Allowed: a whole number from 1", "--kills", "-3")]
    [InlineData("--kills 'abc' is not allowed. Allowed: a whole number from 1", "--kills", "abc")]
    [InlineData("--writers '0' is not allowed. Allowed: a whole number from 1", "--writers", "0")]
    [InlineData("--lanes '0' is not allowed. Allowed: a whole number from 1 to 64", "--lanes", "0")]
    [InlineData("--lanes '65' is not allowed. Allowed: a whole number from 1 to 64", "--lanes", "65")]
    [InlineData("--seed 'abc' is not allowed. Allowed: a whole number", "--seed", "abc")]
    [InlineData("--duration '0' is not allowed. Allowed: more than 0", "--duration", "0")]
    [InlineData("--duration '-1s' is not allowed. Allowed: more than 0", "--duration", "-1s")]
    [InlineData("--duration 'nans' is not allowed. Allowed: more than 0", "--duration", "nans")]
    [InlineData("--duration '99999999999999999999h' is not allowed. Allowed: more than 0", "--duration", "99999999999999999999h")]
    [InlineData("--timeout '25h' is not allowed. Allowed: more than 0 and at most 24h", "--timeout", "25h")]
    [InlineData("--durability '7' is not allowed. Allowed: Sync, Batch, None", "--durability", "7")]
    [InlineData("--directory '' is not allowed", "--directory", "")]
    [InlineData("Unrecognized command or argument '--bogus'", "--bogus")]
    [InlineData("There is no workload 'x'", "--workload", "x")]
    [InlineData("There is no kill point 'x'", "--points", "x")]
    [InlineData("Kills alone reveal no mutant 'x'", "--mutant", "x")]
    [InlineData("A checker needs a worker", "--checker", "x")]
    [InlineData("points are of the built-in worker", "--worker", "x", "--points", "inside-write")]
    [InlineData("The command names no program", "--worker", "''")]
    [InlineData("The workload 'terminals' has a worker of its own", "--workload", "terminals", "--worker", "x")]
    [InlineData("The workload 'terminals' has a worker of its own", "--workload", "terminals", "--points", "inside-write")]
    [InlineData("Kills of hosts of terminals reveal no mutant 'x'", "--workload", "terminals", "--mutant", "x")]
    public async Task What_is_not_allowed_is_said_in_one_line(string message, params string[] arguments) =>
        await AssertRefusedAsync(message, arguments);

    [Fact]
    public async Task A_directory_or_a_report_that_cannot_be_made_is_found_before_the_run()
    {
        using TestDirectory directory = new();
        string file = directory.Combine("file");
        File.WriteAllText(file, "");
        await AssertRefusedAsync("Stores cannot be put into", ["--directory", Path.Combine(file, "x")]);
        await AssertRefusedAsync("cannot be written", ["--json", directory.Combine("none", "x.json")]);
        await AssertRefusedAsync("cannot be written", ["--json", directory.Path]);
        await AssertRefusedAsync("cannot be written", ["--junit", Path.Combine(file, "x.xml")]);
    }

    [Fact]
    public async Task A_silent_worker_ends_the_run_whatever_its_duration()
    {
        using TestDirectory directory = new();
        _ = ShellScript.Write(directory, "worker.sh", "exec sleep 1000");
        using HarnessProcess harness = new(directory, "crash", "--worker", "sh worker.sh", "--duration", "10h", "--timeout", "1s");
        (int exitCode, string[] output, string[] errors) = await harness.EndAsync(Cancellation);
        Assert.Equal(CouldNotRun, exitCode);
        Assert.Contains("Could not run: The worker gave no answer within 1 s.", output[^2], StringComparison.Ordinal);
        Assert.StartsWith("COULD NOT RUN: kills: 0,", output[^1], StringComparison.Ordinal);
        Assert.Empty(errors);
        Assert.Empty(Directory.EnumerateFileSystemEntries(harness.TemporaryDirectory));
    }

    [Theory]
    [InlineData(2, "INT")]
    [InlineData(15, "TERM")]
    [InlineData(1, "HUP")]
    [InlineData(1, "TERM", "HUP")]
    public async Task An_interrupted_run_says_what_it_has_and_leaves_nothing(int number, params string[] signals)
    {
        Assert.SkipWhen(IgnoredSignals.Contain(number), $"SIG{signals[^1]} is ignored, as in a shell's background job or under nohup, and so it is in every process started from here.");
        using TestDirectory directory = new();
        _ = ShellScript.Write(directory, "worker.sh", Worker);
        string stores = directory.Combine("stores");
        string worker = $"sh '{directory.Combine("worker.sh")}'";
        using HarnessProcess harness = new(directory, "crash", "--worker", worker, "--kills", "100000", "--directory", stores, "--json", "report.json");
        SpinWait.SpinUntil(() => Directory.Exists(stores) && Directory.EnumerateFiles(stores, "running", SearchOption.AllDirectories).Any());
        harness.Signal(signals);
        (int exitCode, string[] output, string[] errors) = await harness.EndAsync(Cancellation);
        Assert.Equal(CouldNotRun, exitCode);
        Assert.Contains("interrupted", output[^2], StringComparison.Ordinal);
        Assert.StartsWith("COULD NOT RUN: kills: ", output[^1], StringComparison.Ordinal);
        Assert.Empty(errors);
        Assert.Empty(Directory.EnumerateFileSystemEntries(stores));
        using JsonDocument report = JsonDocument.Parse(File.ReadAllText(directory.Combine("report.json")));
        Assert.Contains("interrupted", report.RootElement.GetProperty("could_not_run_because").GetString(), StringComparison.Ordinal);
        ShellScript.AssertNoneRuns(directory);
    }

    [Fact]
    public async Task Killed_workers_leave_nothing_in_the_temporary_directory()
    {
        using TestDirectory directory = new();
        using HarnessProcess harness = new(directory, "crash", "--kills", "60", "--points", "none");
        (int _, string[] output, string[] _) = await harness.EndAsync(Cancellation);
        // Whether the run counts depends on how busy the machine is, and is not the question here.
        Assert.Contains("kills: 60, verified: 60,", output[^1], StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(harness.TemporaryDirectory));
    }

    private static async Task AssertRefusedAsync(string message, string[] arguments) =>
        await HarnessProcess.AssertRefusesAsync(message, ["crash", .. arguments], Cancellation);
}
