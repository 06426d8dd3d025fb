using System.CommandLine;
using Persistence.CrashKit.Reports;
using Persistence.CrashKit.Runs;
using Persistence.CrashKit.Soak;

namespace Persistence.Harness.Commands;

/// <summary><c>harness soak</c>.</summary>
internal sealed class SoakCommand
{
    private static readonly TimeSpan DurationPreset = TimeSpan.FromMinutes(10);

    private readonly Option<TimeSpan?> _duration = CheckedOption.Duration("--duration", "For how long (10m).", Durations.RunMax);
    private readonly WorkOptions _work = new();
    private readonly RunOutput _output = new();

    public static Command Create()
    {
        SoakCommand soak = new();
        Command command = new("soak", "Let workers write to one store for hours, with rare restarts; verify what it keeps, and that neither memory nor disk grows.");
        Option[] options = [soak._duration, .. soak._work.All, .. soak._output.All];
        foreach (Option option in options)
            command.Options.Add(option);
        command.SetAction(parsed => soak._output.Run(parsed, () => soak.Prepare(parsed)));
        return command;
    }

    private Func<string, CancellationToken, EndedRun> Prepare(ParseResult parsed)
    {
        KillRunOptions run = _work.Read(parsed, worker: null) with { Lanes = 1, Points = [] };
        TimeSpan duration = parsed.GetValue(_duration) ?? DurationPreset;
        return (directory, interrupted) => Run(new SoakOptions { Run = run with { Directory = directory }, Duration = duration }, interrupted);
    }

    private static EndedRun Run(SoakOptions options, CancellationToken interrupted)
    {
        SoakRun run = new(options);
        SoakResult result = ProgressLines.Watch(() => SoakLine.Progress(run.Result), run.Run, interrupted);
        return new EndedRun(
            result.Verdict,
            HasEvidence: result.Run.Failures.Count > 0,
            [.. SoakLine.Explain(result), SoakLine.Final(result)],
            json => SoakReport.Write(result, json),
            junit => JUnitReport.Write(result, junit));
    }
}
