using System.Text.Json;
using Persistence.CrashKit.PowerLoss;
using Persistence.Tests;
using Xunit;

namespace Persistence.CrashKit.Tests.Commands;

public sealed class ExplorationCommandTests
{
    /// <summary>Where every write fails for want of space.</summary>
    private const string FullDisk = "/dev/full";

    [Theory]
    [InlineData("There is no profile 'ntfs'", "powerloss", "--profile", "ntfs")]
    [InlineData("There is no workload 'all'", "powerloss", "--workload", "all")]
    [InlineData("--states '0' is not allowed", "powerloss", "--states", "0")]
    [InlineData("--durability 'Always' is not allowed", "powerloss", "--durability", "Always")]
    [InlineData("There is no mutant 'none'", "powerloss", "--mutant", "none")]
    [InlineData("There is no mutant 'none'", "mutants", "--only", "none")]
    [InlineData("Could not find file", "replay", "missing.replay")]
    [InlineData("<file> '' is not allowed. Allowed: a path", "replay", "")]
    [InlineData("The report 'none/f.replay' cannot be written", "powerloss", "--replay", "none/f.replay")]
    [InlineData("The report '.' cannot be written", "powerloss", "--replay", ".")]
    [InlineData("'./r' is asked for twice", "powerloss", "--json", "r", "--junit", "./r")]
    [InlineData("'./r' is asked for twice", "powerloss", "--json", "r", "--replay", "./r")]
    [InlineData("are not made small", "powerloss", "--workload", "terminals", "--replay", "f")]
    [InlineData("are not made small", "powerloss", "--workload", "terminals", "--minimise", "1s")]
    [InlineData("Unrecognized command or argument '--replay'", "faults", "--replay")]
    [InlineData("Unrecognized command or argument '--replay'", "corrupt", "--replay")]
    public Task What_is_not_allowed_is_answered_with_what_is(string message, params string[] arguments) =>
        HarnessProcess.AssertRefusesAsync(message, arguments, TestContext.Current.CancellationToken);

    [Fact]
    public async Task A_power_loss_run_passes_and_reports()
    {
        using TestDirectory directory = new();
        using HarnessProcess harness = new(directory, "powerloss", "--states", "3000", "--seed", "5", "--json", "report.json", "--junit", "report.xml");
        (int exitCode, string[] output, string[] errors) = await harness.EndAsync(TestContext.Current.CancellationToken);
        Assert.Empty(errors);
        Assert.Equal(0, exitCode);
        Assert.StartsWith("PASSED: powerloss: states: ", output[^1], StringComparison.Ordinal);
        using JsonDocument report = JsonDocument.Parse(await File.ReadAllTextAsync(directory.Combine("report.json"), TestContext.Current.CancellationToken));
        Assert.True(report.RootElement.GetProperty("distinct").GetInt64() >= 3000);
        Assert.Equal(0, report.RootElement.GetProperty("failures").GetInt32());
        Assert.Equal(5, report.RootElement.GetProperty("seed").GetInt64());
        Assert.True(report.RootElement.GetProperty("tiers").GetProperty("T0").GetInt64() > 0);
        Assert.Contains("<testcase", await File.ReadAllTextAsync(directory.Combine("report.xml"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("powerloss")]
    [InlineData("faults")]
    [InlineData("corrupt")]
    [InlineData("mutants")]
    [InlineData("mutants", "--models")]
    [InlineData("powerloss", "--mutant", "segments-deleted-newest-first")]
    public async Task A_run_that_is_interrupted_has_no_verdict(params string[] arguments)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The signal is one of POSIX systems.");
        using TestDirectory directory = new();
        using HarnessProcess harness = new(directory, [.. arguments, "--json", "report.json", "--junit", "report.xml"]);
        // Files are made when signals are already listened to.
        SpinWait.SpinUntil(() => File.Exists(directory.Combine("report.xml")));
        harness.Signal("TERM");
        (int exitCode, string[] output, string[] errors) = await harness.EndAsync(TestContext.Current.CancellationToken);
        Assert.True(exitCode == 2, string.Join("\n", output));
        Assert.StartsWith("COULD NOT RUN: ", output[^1], StringComparison.Ordinal);
        Assert.StartsWith("Could not run: interrupted", output[^2], StringComparison.Ordinal);
        Assert.Empty(errors);
        Assert.Empty(Directory.GetFileSystemEntries(harness.TemporaryDirectory, "crash-*"));
        using JsonDocument report = JsonDocument.Parse(await File.ReadAllTextAsync(directory.Combine("report.json"), TestContext.Current.CancellationToken));
        Assert.StartsWith("interrupted", report.RootElement.GetProperty("could_not_run_because").GetString(), StringComparison.Ordinal);
        Assert.Contains("<failure message=\"interrupted", await File.ReadAllTextAsync(directory.Combine("report.xml"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--replay")]
    [InlineData("--junit")]
    public async Task A_conviction_stands_whatever_file_cannot_be_written_in_the_end(string option)
    {
        Assert.SkipUnless(File.Exists(FullDisk), "There is no device that is full.");
        using TestDirectory directory = new();
        using HarnessProcess harness = new(directory, "powerloss", "--mutant", "ack-before-flush", option, FullDisk, "--json", "report.json");
        (int exitCode, string[] output, string[] errors) = await harness.EndAsync(TestContext.Current.CancellationToken);
        Assert.Equal(1, exitCode);
        Assert.StartsWith("CONVICTED: powerloss", output[^1], StringComparison.Ordinal);
        Assert.Single([.. output, .. errors], line => line.StartsWith($"The report '{FullDisk}' cannot be written", StringComparison.Ordinal));
        using JsonDocument report = JsonDocument.Parse(await File.ReadAllTextAsync(directory.Combine("report.json"), TestContext.Current.CancellationToken));
        Assert.Equal(1, report.RootElement.GetProperty("exit_code").GetInt32());
    }

    [Fact]
    public async Task A_run_whose_words_get_lost_goes_on_and_is_reported()
    {
        Assert.SkipUnless(File.Exists(FullDisk), "There is no device that is full.");
        using TestDirectory directory = new();
        // Long enough for a word in between.
        using HarnessProcess harness = HarnessProcess.StartWithOutputTo(FullDisk, directory, "powerloss --duration 7s --json report.json");
        (int exitCode, _, string[] errors) = await harness.EndAsync(TestContext.Current.CancellationToken);
        Assert.Equal(2, exitCode);
        Assert.Single(errors);
        using JsonDocument report = JsonDocument.Parse(await File.ReadAllTextAsync(directory.Combine("report.json"), TestContext.Current.CancellationToken));
        Assert.True(report.RootElement.GetProperty("distinct").GetInt64() > 0);
    }

    [Fact]
    public async Task A_mutant_is_convicted_its_failure_is_small_and_can_be_replayed()
    {
        using TestDirectory directory = new();
        using (HarnessProcess run = new(directory, "powerloss", "--mutant", "ack-before-flush", "--replay", "f.replay"))
        {
            (int exitCode, string[] output, _) = await run.EndAsync(TestContext.Current.CancellationToken);
            Assert.Equal(1, exitCode);
            Assert.StartsWith("CONVICTED: powerloss", output[^1], StringComparison.Ordinal);
        }

        Assert.InRange(new FileInfo(directory.Combine("f.replay")).Length, 1, 64 << 10);
        using HarnessProcess replay = new(directory, "replay", "f.replay");
        (int replayed, string[] said, _) = await replay.EndAsync(TestContext.Current.CancellationToken);
        Assert.Equal(1, replayed);
        Assert.Equal("CONVICTED: replay: the same failure", said[^1]);
    }

    [Fact]
    public async Task A_file_too_large_to_be_a_failure_is_not_read()
    {
        using TestDirectory directory = new();
        using (FileStream file = new(directory.Combine("huge"), FileMode.CreateNew))
            file.SetLength(1L << 40);
        using HarnessProcess replay = new(directory, "replay", "huge");
        (int exitCode, _, string[] errors) = await replay.EndAsync(TestContext.Current.CancellationToken);
        Assert.Equal(2, exitCode);
        Assert.Equal("It is not a replay file: it has 1099511627776 bytes.", Assert.Single(errors));
    }

    [Fact]
    public async Task What_fails_only_once_a_segment_is_full_is_made_as_small_as_everything_else()
    {
        // It had remained at fourteen operations: so many small ones filled a segment.
        using TestDirectory directory = new();
        using HarnessProcess run = new(directory, "powerloss", "--mutant", "no-dir-sync-after-new-segment", "--minimise", "10m", "--replay", "f.replay");
        (int exitCode, _, _) = await run.EndAsync(TestContext.Current.CancellationToken);
        Assert.Equal(1, exitCode);
        ReplayFile file = ReplayFile.Read(await File.ReadAllBytesAsync(directory.Combine("f.replay"), TestContext.Current.CancellationToken));
        Assert.InRange(file.Failure.Run.Plan.OperationCount, 0, 5);
        Assert.InRange(file.Failure.Dropped.Count + file.Failure.Choice.Torn.Count, 1, 3);
    }

    [Theory]
    [InlineData("lsn-reused")]
    [InlineData("ack-before-flush")]
    public async Task An_engine_that_fails_without_a_fault_is_convicted_and_no_fault_is_blamed(string mutant)
    {
        using TestDirectory directory = new();
        using HarnessProcess run = new(directory, "faults", "--mutant", mutant, "--states", "3000");
        (int exitCode, string[] output, _) = await run.EndAsync(TestContext.Current.CancellationToken);
        Assert.Equal(1, exitCode);
        Assert.Contains(output, line => line.StartsWith("FAILED (without a fault): ", StringComparison.Ordinal));
        Assert.StartsWith("CONVICTED: faults", output[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Models_are_compared_and_the_comparison_is_written_down()
    {
        using TestDirectory directory = new();
        using HarnessProcess run = new(directory, "mutants", "--models", "--only", "batch-split-over-records", "--json", "models.json", "--junit", "models.xml");
        (int exitCode, string[] output, _) = await run.EndAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, exitCode);
        Assert.Equal("PASSED: models: mutants: 1, caught by kill only: 1, drop to last sync: 1, suffix loss: 1, all legal states: 1, seed 1", output[^1]);
        using JsonDocument report = JsonDocument.Parse(await File.ReadAllTextAsync(directory.Combine("models.json"), TestContext.Current.CancellationToken));
        Assert.Equal(1, report.RootElement.GetProperty("models").GetProperty("suffix loss").GetInt32());
        JsonElement mutant = report.RootElement.GetProperty("mutants")[0];
        Assert.Equal("batch-split-over-records", mutant.GetProperty("name").GetString());
        Assert.Equal(["kill only", "drop to last sync", "suffix loss", "all legal states"], mutant.GetProperty("models").EnumerateArray().Select(model => model.GetString()));
        Assert.Contains("<testcase", await File.ReadAllTextAsync(directory.Combine("models.xml"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mutants_are_hunted_with_the_other_engine()
    {
        using TestDirectory directory = new();
        using HarnessProcess harness = new(directory, "mutants", "--only", "batch-split-over-records", "segments-deleted-newest-first", "--json", "m.json");
        (int exitCode, string[] output, _) = await harness.EndAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, exitCode);
        Assert.StartsWith("PASSED: mutants: caught: 1, survived: 0, equivalent: 1, pending: 0", output[^1], StringComparison.Ordinal);
        Assert.True(File.Exists(directory.Combine("m.json")));
        Assert.Empty(Directory.GetFileSystemEntries(harness.TemporaryDirectory, "crash-*"));
    }
}
