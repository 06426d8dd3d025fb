using System.Text.Json;
using System.Xml.Linq;
using Persistence.CrashKit.Oracle;
using Persistence.CrashKit.Processes;
using Persistence.CrashKit.Reports;
using Persistence.CrashKit.Runs;
using Xunit;

namespace Persistence.CrashKit.Tests.Reports;

public sealed class ReportTests
{
    private static KillRunResult Convicted { get; } = new()
    {
        Options = new KillRunOptions { Worker = WorkerCommand.Parse("x"), Directory = ".", Seed = 77 },
        Elapsed = TimeSpan.FromSeconds(30),
        Kills = 20,
        Verified = 10,
        KillsWhileRunning = 20,
        KillsInFlight = 15,
        Acknowledged = 100,
        Recovered = 103,
        Failures =
        [
            new Failure(new Discrepancy(DiscrepancyKind.Lost, "a < b & c"), "store", null),
            new Failure(new Discrepancy(DiscrepancyKind.Phantom, "x"), "store", "file"),
        ],
    };

    [Fact]
    public void The_json_has_the_fixed_names()
    {
        JsonElement root = WrittenReport.ReadJson(output => JsonReport.Write(Convicted, output));
        Assert.Equal(20, root.GetProperty("kills").GetInt32());
        Assert.Equal(100, root.GetProperty("acknowledged").GetInt64());
        Assert.Equal(103, root.GetProperty("recovered").GetInt64());
        Assert.Equal(1, root.GetProperty("lost").GetInt32());
        Assert.Equal(1, root.GetProperty("phantom").GetInt32());
        Assert.Equal(0, root.GetProperty("out_of_order").GetInt32());
        Assert.Equal(0.75, root.GetProperty("in_flight_share").GetDouble());
        Assert.Equal(20, root.GetProperty("kills_per_minute").GetDouble());
        Assert.Equal(77, root.GetProperty("seed").GetInt64());
        Assert.Equal(1, root.GetProperty("exit_code").GetInt32());
        Assert.Equal(2, root.GetProperty("failures").GetArrayLength());
    }

    [Fact]
    public void What_was_done_to_entities_is_in_the_json_of_runs_with_entities()
    {
        KillRunResult result = Convicted with { Options = Convicted.Options with { Workload = "entities" }, EntityDeeds = new Dictionary<string, int> { ["transfer"] = 7 } };
        Assert.Equal(7, WrittenReport.ReadJson(output => JsonReport.Write(result, output)).GetProperty("entities").GetProperty("transfer").GetInt32());
        Assert.False(WrittenReport.ReadJson(output => JsonReport.Write(Convicted, output)).TryGetProperty("entities", out _));
    }

    [Fact]
    public void The_junit_suite_has_a_failed_test_for_each_way_to_be_wrong()
    {
        XElement suite = WrittenReport.ReadSuite(output => JUnitReport.Write(Convicted, output));
        Assert.Equal("a < b & c", suite.Descendants("failure").First().Attribute("message")!.Value);
    }

    [Fact]
    public void The_last_line_has_the_verdict_and_the_counts()
    {
        string line = VerdictLine.Final(Convicted);
        Assert.StartsWith("CONVICTED", line, StringComparison.Ordinal);
        Assert.Contains("lost: 1, phantom: 1", line, StringComparison.Ordinal);
        string explained = string.Join("\n", VerdictLine.Explain(Convicted));
        Assert.Contains("Seed: 77", explained, StringComparison.Ordinal);
        Assert.Contains("a < b & c", explained, StringComparison.Ordinal);
        Assert.Contains("store", explained, StringComparison.Ordinal);
    }
}
