using System.CommandLine;
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
    private const int WritersMax = 256;
    private const int LanesMax = 64;

    private readonly Option<int?> _kills = CheckedOption.Count("--kills", "How many kills (100 when no duration is given).", int.MaxValue);
    private readonly Option<TimeSpan?> _duration = CheckedOption.Duration("--duration", "For how long rounds are begun.", TimeSpan.FromDays(1000));
    private readonly Option<TimeSpan?> _timeout = CheckedOption.Duration("--timeout", "How long a worker or a checker may take for an answer (30s).", TimeSpan.FromDays(1));
    private readonly Option<long> _seed = CheckedOption.Seed();
    private readonly Option<int> _writers = CheckedOption.Count("--writers", "Writer threads in a worker.", WritersMax, 4);
    private readonly Option<int> _lanes = CheckedOption.Count("--lanes", "Stores worked on at the same time.", LanesMax, 2);
    private readonly Option<string> _workload = new("--workload") { Description = $"{string.Join(", ", Workloads.Names)}.", DefaultValueFactory = _ => "mixed" };
    private readonly Option<DurabilityMode?> _durability = CheckedOption.Durability();
    private readonly Option<string[]> _points = new("--points") { Description = "Named points to die at; 'none' for random moments only. Default: all.", AllowMultipleArgumentsPerToken = true };
    private readonly Option<string?> _mutant = new("--mutant") { Description = "Run workers with an engine that makes this mistake: the run has to convict it." };
    private readonly Option<string?> _worker = CheckedOption.Text("--worker", "Another program as the worker; it speaks the protocol, or has a checker.", "a command");
    private readonly Option<string?> _checker = CheckedOption.Text(
        "--checker", "A program that is given the directory and the file of acknowledged lines, and answers by exit code.", "a command");
    private readonly Option<string?> _directory = CheckedOption.Text("--directory", "Where stores are put. Default: the system's temporary directory.", "a path");
    private readonly Option<string?> _json = CheckedOption.Text("--json", "Write the report as one JSON object to this file.", "a path");
    private readonly Option<string?> _junit = CheckedOption.Text("--junit", "Write the report as a JUnit test suite to this file.", "a path");

    public static Command Create()
    {
        CrashCommand crash = new();
        Command command = new("crash", "Kill worker processes over and over, restart them, and verify what their stores hold.");
        Option[] options =
        [
            crash._kills, crash._duration, crash._timeout, crash._seed, crash._writers, crash._lanes, crash._workload, crash._durability,
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
            KillRunOptions options = ReadOptions(parsed);
            using RunDirectory directory = new(parsed.GetValue(_directory));
            using FileStream? json = ReportFile.Open(parsed.GetValue(_json));
            using FileStream? junit = ReportFile.Open(parsed.GetValue(_junit));
            KillRunResult result = RunWithProgress(options with { Directory = directory.Path });
            directory.KeepWhen(result.Failures.Count > 0);
            foreach (string line in VerdictLine.Explain(result))
                Console.WriteLine(line);
            Console.WriteLine(VerdictLine.Final(result));
            if (json is not null)
                JsonReport.Write(result, json);
            if (junit is not null)
                JUnitReport.Write(result, junit);
            return (int)result.Verdict;
        }
        catch (Exception e) when (e is ArgumentException or ProtocolException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine(e.Message);
            return ExitCodes.CouldNotRun;
        }
    }

    private KillRunOptions ReadOptions(ParseResult parsed)
    {
        string? worker = parsed.GetValue(_worker);
        string? mutant = parsed.GetValue(_mutant);
        string? checker = parsed.GetValue(_checker);
        string workload = parsed.GetValue(_workload)!;
        string[] points = parsed.GetValue(_points) ?? [];
        TimeSpan? duration = parsed.GetValue(_duration);
        if (!Workloads.Names.Contains(workload) && worker is null)
            throw new ArgumentException($"There is no workload '{workload}'. Known: {string.Join(", ", Workloads.Names)}.");
        if (worker is null && checker is not null)
            throw new ArgumentException("A checker needs a worker.");
        if (worker is not null && (mutant is not null || points.Length > 0))
            throw new ArgumentException("Mutants and points are of the built-in worker.");
        if (mutant is not null && !MutantNames.OfKillTier.Contains(mutant))
            throw new ArgumentException($"Kills alone reveal no mutant '{mutant}'. Known: {string.Join(", ", MutantNames.OfKillTier)}.");
        KillRunOptions options = new()
        {
            Worker = worker is null ? HarnessWorker.Command(mutant) : WorkerCommand.Parse(worker),
            IsBuiltIn = worker is null,
            Checker = checker is null ? null : WorkerCommand.Parse(checker),
            Directory = "",
            Kills = parsed.GetValue(_kills) ?? (duration is null ? KillsWithoutLimits : null),
            Duration = duration,
            Seed = parsed.GetValue(_seed),
            Writers = parsed.GetValue(_writers),
            Lanes = parsed.GetValue(_lanes),
            Workload = workload,
            Durability = parsed.GetValue(_durability) ?? DurabilityMode.Sync,
            Mutant = mutant,
            Points = ReadPoints(points),
        };
        return parsed.GetValue(_timeout) is TimeSpan timeout ? options with { AnswerTime = timeout } : options;
    }

    private static IReadOnlyList<KillPoint> ReadPoints(string[] names) => names switch
    {
        [] => KillPoints.All,
        ["none"] => [],
        _ => [.. names.SelectMany(name => name.Split(',')).Select(KillPoints.Parse)],
    };

    private static KillRunResult RunWithProgress(KillRunOptions options)
    {
        KillRun run = new(options);
        using ProgressLines progress = new(() => VerdictLine.Progress(run.Result));
        using Interruption interruption = new();
        return run.Run(interruption.Token);
    }
}
