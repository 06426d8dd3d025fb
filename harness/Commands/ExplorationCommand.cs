using System.CommandLine;
using Persistence.CrashKit.Exploration;
using Persistence.CrashKit.Reports;

namespace Persistence.Harness.Commands;

/// <summary>What the verbs that explore cases in this process have in common: their options, progress, reports and verdict.</summary>
internal abstract class ExplorationCommand
{
    private const int StatesMax = int.MaxValue;
    private const int LanesMax = 64;
    private static readonly TimeSpan MinimiseTimeMax = TimeSpan.FromSeconds(20);

    private readonly Option<int?> _states = CheckedOption.Count("--states", "End when so many different cases were judged.", StatesMax);
    private readonly Option<TimeSpan?> _duration = CheckedOption.Duration("--duration", "End after so long.", Durations.RunMax);
    private readonly Option<long> _seed = CheckedOption.Seed();
    private readonly Option<int> _lanes = CheckedOption.Count("--lanes", "Threads that work at the same time.", LanesMax, 2);
    private readonly Option<string?> _mutant = CheckedOption.Text("--mutant", "Run with an engine that makes this mistake: it has to be convicted.", "a name");
    private readonly Option<TimeSpan?> _minimise = CheckedOption.Duration("--minimise", "Look so long for a smaller case that fails (20s).", Durations.RunMax);
    private readonly RunOutput _output;
    private readonly bool _hasReplay;

    /// <param name="hasReplay">Whether its failures can be made small and kept in a file.</param>
    protected ExplorationCommand(bool hasReplay = false)
    {
        _output = new RunOutput(hasStores: false, hasReplay);
        _hasReplay = hasReplay;
    }

    /// <summary>How many cases are judged when nothing else is said; null: all there are.</summary>
    protected virtual int? StatesByDefault => null;

    protected Command Create(string name, string description, params Option[] own)
    {
        Command command = new(name, description);
        foreach (Option option in (Option[])[_states, _duration, _seed, _lanes, .. own, _mutant, .. _hasReplay ? [_minimise] : Array.Empty<Option>(), .. _output.All])
            command.Options.Add(option);
        command.SetAction(Run);
        return command;
    }

    /// <summary>What is to be explored.</summary>
    /// <exception cref="ArgumentException">The options do not go together.</exception>
    protected abstract IExploration Plan(ParseResult parsed, long seed);

    /// <summary>Whether what becomes of a failure was said: how it is made small, or where it is written.</summary>
    protected bool IsReplayAsked(ParseResult parsed) => _hasReplay && (parsed.GetValue(_minimise) ?? (object?)_output.Replay(parsed)) is not null;

    private int Run(ParseResult parsed) => parsed.GetValue(_mutant) is string mutant && !MutantProcess.IsThis
        ? MutantProcess.Run(parsed, mutant)
        : _output.Run(parsed, () => Prepare(parsed));

    private Func<string, CancellationToken, EndedRun> Prepare(ParseResult parsed)
    {
        long seed = parsed.GetValue(_seed);
        TimeSpan? duration = parsed.GetValue(_duration);
        ExplorationOptions options = new()
        {
            Seed = seed,
            States = parsed.GetValue(_states) ?? (duration is null ? StatesByDefault : null),
            Duration = duration,
            Lanes = parsed.GetValue(_lanes),
        };
        ExplorationRun run = new(Plan(parsed, seed), options);
        TimeSpan minimise = (_hasReplay ? parsed.GetValue(_minimise) : null) ?? MinimiseTimeMax;
        return (_, interrupted) => End(ProgressLines.Watch(() => ExplorationReport.Progress(run.Result), run.Run, interrupted), _output.Replay(parsed), minimise, interrupted);
    }

    private static EndedRun End(ExplorationResult result, string? replay, TimeSpan minimise, CancellationToken interrupted) => new(
        result.Verdict,
        HasEvidence: false,
        Explain(result, replay, minimise, interrupted),
        json => ExplorationReport.WriteJson(result, json),
        junit => ExplorationReport.WriteJUnit(result, junit));

    private static IEnumerable<string> Explain(ExplorationResult result, string? replay, TimeSpan minimise, CancellationToken interrupted)
    {
        foreach (string line in ExplorationReport.Explain(result))
            yield return line;
        if (result.Figures.Failures.FirstOrDefault(failure => failure.Minimise is not null) is ExplorationFailure first)
        {
            MinimisedFailure smallest = first.Minimise!(minimise, interrupted);
            yield return $"Minimised: {smallest.Words}";
            yield return Keep(smallest, replay ?? Path.Combine(Path.GetTempPath(), $"{result.Verb}-{result.Options.Seed}.replay"));
        }

        yield return ExplorationReport.Final(result);
    }

    private static string Keep(MinimisedFailure failure, string path)
    {
        try
        {
            File.WriteAllBytes(path, failure.Replay);
            return $"To see it again: replay {path}   ({failure.Replay.Length} bytes)";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ReportFile.Explain(path, e);
        }
    }
}
