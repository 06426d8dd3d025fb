using System.CommandLine;
using Persistence.CrashKit.Processes;
using Persistence.CrashKit.Protocol;
using Persistence.CrashKit.Reports;
using Persistence.CrashKit.Runs;
using Persistence.CrashKit.Terminals.Runs;

namespace Persistence.Harness.Commands;

/// <summary><c>harness crash</c>.</summary>
internal sealed class CrashCommand
{
    private const int KillsWithoutLimits = 100;
    private const int LanesMax = 64;

    private readonly Option<int?> _kills = CheckedOption.Count("--kills", "How many kills (100 when no duration is given).", int.MaxValue);
    private readonly Option<TimeSpan?> _duration = CheckedOption.Duration("--duration", "For how long rounds are begun.", Durations.RunMax);
    private readonly WorkOptions _work = new(TerminalRunOptions.Workload);
    private readonly Option<int> _lanes = CheckedOption.Count("--lanes", "Stores worked on at the same time.", LanesMax, 2);
    private readonly Option<string[]> _points = new("--points") { Description = "Named points to die at; 'none' for random moments only. Default: all.", AllowMultipleArgumentsPerToken = true };
    private readonly Option<string?> _worker = CheckedOption.Text("--worker", "Another program as the worker; it speaks the protocol, or has a checker.", "a command");
    private readonly Option<string?> _checker = CheckedOption.Text(
        "--checker", "A program that is given the directory and the file of acknowledged lines, and answers by exit code.", "a command");
    private readonly RunOutput _output = new();

    public static Command Create()
    {
        CrashCommand crash = new();
        Command command = new("crash", "Kill worker processes over and over, restart them, and verify what their stores hold.");
        Option[] options =
        [
            crash._kills, crash._duration, .. crash._work.All, crash._lanes, crash._points, crash._worker, crash._checker, .. crash._output.All,
        ];
        foreach (Option option in options)
            command.Options.Add(option);
        command.SetAction(parsed => crash._output.Run(parsed, () => crash.Prepare(parsed)));
        return command;
    }

    private Func<string, CancellationToken, EndedRun> Prepare(ParseResult parsed)
    {
        if (_work.NamesTerminals(parsed))
            return PrepareTerminals(parsed);
        KillRunOptions options = ReadOptions(parsed);
        return (directory, interrupted) => Run(options with { Directory = directory }, interrupted);
    }

    private KillRunOptions ReadOptions(ParseResult parsed)
    {
        string? worker = parsed.GetValue(_worker);
        string? checker = parsed.GetValue(_checker);
        string[] points = parsed.GetValue(_points) ?? [];
        if (worker is null && checker is not null)
            throw new ArgumentException("A checker needs a worker.");
        if (worker is not null && (_work.NamesMutant(parsed) || points.Length > 0))
            throw new ArgumentException("Mutants and points are of the built-in worker.");
        return ReadLimits(parsed, _work.Read(parsed, worker is null ? null : WorkerCommand.Parse(worker))) with
        {
            Checker = checker is null ? null : WorkerCommand.Parse(checker),
            Points = ReadPoints(points),
        };
    }

    private KillRunOptions ReadLimits(ParseResult parsed, KillRunOptions options) => options with
    {
        Kills = parsed.GetValue(_kills) ?? (parsed.GetValue(_duration) is null ? KillsWithoutLimits : null),
        Duration = parsed.GetValue(_duration),
        Lanes = parsed.GetValue(_lanes),
    };

    private Func<string, CancellationToken, EndedRun> PrepareTerminals(ParseResult parsed)
    {
        if (parsed.GetValue(_worker) is not null || parsed.GetValue(_checker) is not null || parsed.GetValue(_points) is { Length: > 0 })
            throw new ArgumentException("The workload 'terminals' has a worker of its own, samples/TerminalHost, which knows no points.");
        TerminalRunOptions options = _work.ReadTerminals(parsed);
        options = options with { Run = ReadLimits(parsed, options.Run) };
        return (directory, interrupted) => Run(options with { Run = options.Run with { Directory = directory } }, interrupted);
    }

    private static IReadOnlyList<KillPoint> ReadPoints(string[] names) => names switch
    {
        [] => KillPoints.All,
        ["none"] => [],
        _ => [.. names.SelectMany(name => name.Split(',')).Select(KillPoints.Parse)],
    };

    private static EndedRun Run(TerminalRunOptions options, CancellationToken interrupted)
    {
        TerminalRun run = new(options);
        TerminalRunResult result = ProgressLines.Watch(() => TerminalLine.Progress(run.Result), run.Run, interrupted);
        return new EndedRun(
            result.Verdict,
            HasEvidence: result.Run.Failures.Count > 0,
            [.. TerminalLine.Explain(result), TerminalLine.Final(result)],
            json => TerminalReport.Write(result, json),
            junit => JUnitReport.Write(result, junit));
    }

    private static EndedRun Run(KillRunOptions options, CancellationToken interrupted)
    {
        KillRun run = new(options);
        KillRunResult result = ProgressLines.Watch(() => VerdictLine.Progress(run.Result), run.Run, interrupted);
        return new EndedRun(
            result.Verdict,
            HasEvidence: result.Failures.Count > 0,
            [.. VerdictLine.Explain(result), VerdictLine.Final(result)],
            json => JsonReport.Write(result, json),
            junit => JUnitReport.Write(result, junit));
    }
}
