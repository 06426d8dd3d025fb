using System.CommandLine;
using System.Globalization;
using Persistence.Configuration;
using Persistence.CrashKit.Protocol;
using Persistence.CrashKit.Processes;
using Persistence.CrashKit.Reports;
using Persistence.CrashKit.Runs;
using Persistence.CrashKit.Worker;

namespace Persistence.Harness.Commands;

/// <summary><c>harness crash</c>.</summary>
internal sealed class CrashCommand
{
    private const int KillsWithoutLimits = 100;

    private readonly Option<int?> _kills = new("--kills") { Description = "How many kills (100 when no duration is given)." };
    private readonly Option<string?> _duration = new("--duration") { Description = "For how long: 30s, 10m, 2h." };
    private readonly Option<long> _seed = new("--seed") { Description = "Where all random choices come from.", DefaultValueFactory = _ => 1 };
    private readonly Option<int> _writers = new("--writers") { Description = "Writer threads in a worker.", DefaultValueFactory = _ => 4 };
    private readonly Option<int> _lanes = new("--lanes") { Description = "Stores worked on at the same time.", DefaultValueFactory = _ => 2 };
    private readonly Option<string> _workload = new("--workload") { Description = $"{string.Join(", ", Workloads.Names)}.", DefaultValueFactory = _ => "mixed" };
    private readonly Option<DurabilityMode> _durability = new("--durability") { Description = "When a commit is promised: Sync, Batch or None.", DefaultValueFactory = _ => DurabilityMode.Sync };
    private readonly Option<string[]> _points = new("--points") { Description = "Named points to die at; 'none' for random moments only. Default: all.", AllowMultipleArgumentsPerToken = true };
    private readonly Option<string?> _mutant = new("--mutant") { Description = "Run workers with an engine that makes this mistake: the run has to convict it." };
    private readonly Option<string?> _worker = new("--worker") { Description = "Another program as the worker; it speaks the protocol, or has a checker." };
    private readonly Option<string?> _checker = new("--checker") { Description = "A program that is given the directory and the file of acknowledged lines, and answers by exit code." };
    private readonly Option<string?> _directory = new("--directory") { Description = "Where stores are put. Default: a new directory under the system's temporary one." };
    private readonly Option<string?> _json = new("--json") { Description = "Write the report as one JSON object to this file." };
    private readonly Option<string?> _junit = new("--junit") { Description = "Write the report as a JUnit test suite to this file." };

    public static Command Create()
    {
        CrashCommand crash = new();
        Command command = new("crash", "Kill worker processes over and over, restart them, and verify what their stores hold.");
        Option[] options =
        [
            crash._kills, crash._duration, crash._seed, crash._writers, crash._lanes, crash._workload, crash._durability,
            crash._points, crash._mutant, crash._worker, crash._checker, crash._directory, crash._json, crash._junit,
        ];
        foreach (Option option in options)
            command.Options.Add(option);
        command.SetAction(crash.Run);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        try
        {
            using RunDirectory directory = new(parsed.GetValue(_directory));
            KillRunResult result = RunWithProgress(ReadOptions(parsed, directory.Path));
            directory.KeepWhen(result.Failures.Count > 0);
            WriteReports(parsed, result);
            foreach (string line in VerdictLine.Explain(result))
                Console.WriteLine(line);
            Console.WriteLine(VerdictLine.Final(result));
            return (int)result.Verdict;
        }
        catch (Exception e) when (e is ArgumentException or FormatException or ProtocolException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine(e.Message);
            return ExitCodes.CouldNotRun;
        }
    }

    private KillRunOptions ReadOptions(ParseResult parsed, string directory)
    {
        string? worker = parsed.GetValue(_worker);
        string? mutant = parsed.GetValue(_mutant);
        string? checker = parsed.GetValue(_checker);
        string workload = parsed.GetValue(_workload)!;
        TimeSpan? duration = parsed.GetValue(_duration) is string text ? Durations.Parse(text) : null;
        if (!Workloads.Names.Contains(workload) && worker is null)
            throw new ArgumentException($"There is no workload '{workload}'. Known: {string.Join(", ", Workloads.Names)}.");
        if (worker is null && checker is not null)
            throw new ArgumentException("A checker needs a worker.");
        if (worker is not null && mutant is not null)
            throw new ArgumentException("Mutants are of the built-in worker.");
        if (mutant is not null && !MutantNames.OfKillTier.Contains(mutant))
            throw new ArgumentException($"Kills alone reveal no mutant '{mutant}'. Known: {string.Join(", ", MutantNames.OfKillTier)}.");
        return new KillRunOptions
        {
            Worker = worker is null ? HarnessWorker.Command(mutant) : WorkerCommand.Parse(worker),
            IsBuiltIn = worker is null,
            Checker = checker is null ? null : WorkerCommand.Parse(checker),
            Directory = directory,
            Kills = parsed.GetValue(_kills) ?? (duration is null ? KillsWithoutLimits : null),
            Duration = duration,
            Seed = parsed.GetValue(_seed),
            Writers = AtLeastOne(parsed.GetValue(_writers), "--writers"),
            Lanes = AtLeastOne(parsed.GetValue(_lanes), "--lanes"),
            Workload = workload,
            Durability = parsed.GetValue(_durability),
            Mutant = mutant,
            Points = ReadPoints(parsed.GetValue(_points)),
        };
    }

    private static IReadOnlyList<KillPoint> ReadPoints(string[]? names) => names switch
    {
        null or [] => KillPoints.All,
        ["none"] => [],
        _ => [.. names.SelectMany(name => name.Split(',')).Select(KillPoints.Parse)],
    };

    private static int AtLeastOne(int value, string name) =>
        value >= 1 ? value : throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"{name} is {value}; at least 1 is needed."));

    private static KillRunResult RunWithProgress(KillRunOptions options)
    {
        KillRun run = new(options);
        using ProgressLines progress = new(run);
        using CancellationTokenSource cancellation = new();
        Console.CancelKeyPress += (_, e) =>
        {
            e.Cancel = true;
            cancellation.Cancel();
        };
        return run.Run(cancellation.Token);
    }

    private void WriteReports(ParseResult parsed, KillRunResult result)
    {
        if (parsed.GetValue(_json) is string json)
        {
            using FileStream file = File.Create(json);
            JsonReport.Write(result, file);
        }

        if (parsed.GetValue(_junit) is string junit)
        {
            using FileStream file = File.Create(junit);
            JUnitReport.Write(result, file);
        }
    }
}
