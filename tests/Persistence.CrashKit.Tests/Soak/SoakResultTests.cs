using System.Text.Json;
using System.Xml.Linq;
using Persistence.CrashKit.Oracle;
using Persistence.CrashKit.Processes;
using Persistence.CrashKit.Reports;
using Persistence.CrashKit.Runs;
using Persistence.CrashKit.Soak;
using Persistence.CrashKit.Tests.Reports;
using Persistence.Tests;
using Xunit;

namespace Persistence.CrashKit.Tests.Soak;

public sealed class SoakResultTests
{
    private const long Mebibyte = 1 << 20;

    internal static SoakOptions Options { get; } = new()
    {
        Run = new KillRunOptions { Worker = WorkerCommand.Parse("x"), Directory = ".", Seed = 77 },
        Duration = TimeSpan.FromHours(2),
    };

    private static SoakResult Good { get; } = new()
    {
        Options = Options,
        Run = new KillRunResult
        {
            Options = Options.Run,
            Elapsed = TimeSpan.FromSeconds(200),
            Kills = 3,
            Verified = 3,
            KillsWhileRunning = 3,
            KillsInFlight = 3,
            Recoveries = 3,
            RecoveriesReplaying = 3,
            Acknowledged = 100,
        },
        Operations = 120,
        Checkpoints = 9,
        Restarts = 5,
        PeakBytes = 60 * Mebibyte,
        DiskBytesMax = 2 * Mebibyte,
        Samples = Samples(_ => 0),
    };

    private static SoakResult Leaking { get; } = Good with { Samples = Samples(second => second * Mebibyte) };

    [Fact]
    public void A_run_that_tested_something_and_found_nothing_passes()
    {
        Assert.Equal(KillRunVerdict.Passed, Good.Verdict);
        Assert.All(Good.Flatness, flatness => Assert.Null(flatness.WhyNotJudged));
        Assert.StartsWith("PASSED: 200 s, operations: 120, checkpoints: 9, restarts: 5 (kills: 3), lost: 0, phantom: 0, out of order: 0,", SoakLine.Final(Good), StringComparison.Ordinal);
    }

    [Fact]
    public void Growth_is_convicted()
    {
        Assert.Equal(KillRunVerdict.Convicted, Leaking.Verdict);
        Assert.Contains(SoakLine.Explain(Leaking), line => line.StartsWith("Grows: worker memory: ", StringComparison.Ordinal));
        Assert.Contains(SoakLine.Explain(Leaking), line => line.StartsWith("Flat: disk: ", StringComparison.Ordinal));
    }

    [Fact]
    public void What_is_too_short_to_judge_passes_and_says_so()
    {
        SoakResult brief = Leaking with { Samples = [.. Leaking.Samples.Take(40)] };
        Assert.Equal(KillRunVerdict.Passed, brief.Verdict);
        Assert.Equal(4, SoakLine.Explain(brief).Count(line => line.StartsWith("Not judged: ", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_discrepancy_outweighs_everything_else()
    {
        Failure failure = new(new Discrepancy(DiscrepancyKind.Lost, "x"), "store", null);
        Assert.Equal(KillRunVerdict.Convicted, (Good with { Run = Good.Run with { Failures = [failure], WhyItCouldNotRun = "x" } }).Verdict);
        Assert.Equal(KillRunVerdict.CouldNotRun, (Good with { Run = Good.Run with { WhyItCouldNotRun = "x" } }).Verdict);
    }

    [Fact]
    public void Without_checkpoints_kills_or_writes_it_does_not_count()
    {
        AssertVacuous(Good with { Checkpoints = 0 });
        AssertVacuous(Good with { Run = Good.Run with { Verified = 0 } });
        AssertVacuous(Good with { Run = Good.Run with { Acknowledged = 0 } });
    }

    [Fact]
    public void In_a_run_of_some_length_the_store_has_to_take_increments_compact_and_archive()
    {
        SoakResult longer = Good with { Operations = 9000, Run = Good.Run with { Increments = 1, Compactions = 1, ArchivedSegments = 1 } };
        Assert.Empty(longer.VacuousBecause);
        AssertVacuous(longer with { Run = longer.Run with { Increments = 0 } });
        AssertVacuous(longer with { Run = longer.Run with { Compactions = 0 } });
        AssertVacuous(longer with { Run = longer.Run with { ArchivedSegments = 0 } });
    }

    [Fact]
    public void What_the_disk_holds_is_said_part_by_part()
    {
        SoakSample last = Good.Samples[^1] with { Disk = new DiskUse(1, 2, 3, 4, 5) };
        JsonElement root = WrittenReport.ReadJson(output => SoakReport.Write(Good with { Samples = [.. Good.Samples, last] }, output));
        string[] parts = ["log", "checkpoint", "archive", "quarantine", "other"];
        Assert.Equal([1, 2, 3, 4, 5], parts.Select(part => root.GetProperty($"disk_{part}_bytes_end").GetInt64()));
        Assert.Equal(15, last.Disk.Bytes);
        using TestDirectory directory = new();
        foreach ((string path, int bytes) in new[] { ("wal/1.wal", 1), ("checkpoints/1.full", 2), ("archive/1.none", 3), ("quarantine/x", 4), ("ROOT", 3), ("files/a", 2) })
        {
            string full = Path.Combine(directory.Path, path);
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            File.WriteAllBytes(full, new byte[bytes]);
        }

        Assert.Equal(last.Disk, DiskUse.Of([directory.Path]));
    }

    [Fact]
    public void An_interrupted_run_answers_for_what_was_done()
    {
        Assert.Equal(KillRunVerdict.Passed, (Good with { WasInterrupted = true }).Verdict);
        Assert.StartsWith("PASSED (interrupted): ", SoakLine.Final(Good with { WasInterrupted = true }), StringComparison.Ordinal);
    }

    [Fact]
    public void The_json_has_the_fixed_names()
    {
        JsonElement root = WrittenReport.ReadJson(output => SoakReport.Write(Leaking, output));
        Assert.Equal(200, root.GetProperty("seconds").GetDouble());
        Assert.Equal(120, root.GetProperty("operations").GetInt64());
        Assert.Equal(5, root.GetProperty("restarts").GetInt32());
        Assert.Equal(0, root.GetProperty("lost").GetInt32());
        Assert.Equal(60 * Mebibyte, root.GetProperty("peak_bytes").GetInt64());
        Assert.Equal(Leaking.Samples[^1].WorkerBytes, root.GetProperty("end_bytes").GetInt64());
        Assert.Equal(2 * Mebibyte, root.GetProperty("disk_bytes_max").GetInt64());
        Assert.Equal(1, root.GetProperty("exit_code").GetInt32());
        Assert.True(root.GetProperty("growing").GetBoolean());
        Assert.Equal(Leaking.Samples.Count, root.GetProperty("samples").GetArrayLength());
    }

    [Fact]
    public void The_junit_suite_has_a_failed_test_for_what_grows()
    {
        XElement suite = WrittenReport.ReadSuite(output => JUnitReport.Write(Leaking, output));
        Assert.Equal(2, (int)suite.Attribute("failures")!);
        Assert.Equal(
            ["flat: worker memory", "flat: memory of the longest-lived worker"],
            suite.Elements("testcase").Where(test => test.Element("failure") is not null).Select(test => (string)test.Attribute("name")!));
    }

    private static void AssertVacuous(SoakResult result)
    {
        Assert.Single(result.VacuousBecause);
        Assert.Equal(KillRunVerdict.Vacuous, result.Verdict);
        Assert.Contains(SoakLine.Explain(result), line => line.StartsWith("Vacuous: ", StringComparison.Ordinal));
    }

    private static IReadOnlyList<SoakSample> Samples(Func<int, long> more) =>
        [.. Enumerable.Range(0, 200).Select(second => new SoakSample(
            TimeSpan.FromSeconds(second), 0, TimeSpan.FromSeconds(second), (50 * Mebibyte) + more(second), 60 * Mebibyte, Mebibyte))];
}
