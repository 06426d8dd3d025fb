using System.CommandLine;
using Persistence.CrashKit.Protocol;
using Persistence.CrashKit.Runs;

namespace Persistence.Harness.Commands;

/// <summary>Where a run's stores and reports go, and what is done before and after it: the same for every verb.</summary>
/// <param name="hasStores">Whether it puts stores on the disk.</param>
/// <param name="hasReplay">Whether it writes its first failure to a file.</param>
internal sealed class RunOutput(bool hasStores = true, bool hasReplay = false)
{
    private readonly Option<string?> _directory = CheckedOption.Text("--directory", "Where stores are put. Default: the system's temporary directory.", "a path");
    private readonly Option<string?> _replay = CheckedOption.Text("--replay", "Write the first failure, minimised, to this file. Default: one in the temporary directory.", "a path");
    private readonly Option<string?> _json = CheckedOption.Text("--json", "Write the report as one JSON object to this file.", "a path");
    private readonly Option<string?> _junit = CheckedOption.Text("--junit", "Write the report as a JUnit test suite to this file.", "a path");

    public IReadOnlyList<Option> All => [.. hasStores ? [_directory] : (Option[])[], .. hasReplay ? [_replay] : (Option[])[], _json, _junit];

    /// <summary>Where the first failure is to be written, or null.</summary>
    public string? Replay(ParseResult parsed) => hasReplay ? parsed.GetValue(_replay) : null;

    /// <summary>Makes directory and files, runs, writes and says what came out.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="prepare">Reads the other options; gives what runs in a directory until it is interrupted.</param>
    /// <returns>The process's exit code.</returns>
    public int Run(ParseResult parsed, Func<Func<string, CancellationToken, EndedRun>> prepare)
    {
        try
        {
            Func<string, CancellationToken, EndedRun> run = prepare();
            ReportFile.RequireDifferent(parsed.GetValue(_json), parsed.GetValue(_junit), Replay(parsed));
            ReportFile.Require(Replay(parsed));
            using Interruption interruption = new();
            using RunDirectory? directory = hasStores ? new(parsed.GetValue(_directory)) : null;
            using FileStream? json = ReportFile.Open(parsed.GetValue(_json));
            using FileStream? junit = ReportFile.Open(parsed.GetValue(_junit));
            EndedRun ended = run(directory?.Path ?? "", interruption.Token);
            directory?.KeepWhen(ended.HasEvidence);
            // First what others read: to say it can take a while, and may fail where the disk is full.
            bool isReported = ReportFile.TryWrite(json, ended.WriteJson) & ReportFile.TryWrite(junit, ended.WriteJUnit);
            foreach (string line in ended.Lines)
                Console.WriteLine(line);
            return isReported || ended.Verdict == KillRunVerdict.Convicted ? (int)ended.Verdict : ExitCodes.CouldNotRun;
        }
        catch (Exception e) when (e is ArgumentException or ProtocolException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine(e.Message);
            return ExitCodes.CouldNotRun;
        }
    }
}
