using System.CommandLine;
using Persistence.CrashKit.Protocol;

namespace Persistence.Harness.Commands;

/// <summary>Where a run's stores and reports go, and what is done before and after it: the same for every verb.</summary>
/// <param name="hasStores">Whether it puts stores on the disk.</param>
internal sealed class RunOutput(bool hasStores = true)
{
    private readonly Option<string?> _directory = CheckedOption.Text("--directory", "Where stores are put. Default: the system's temporary directory.", "a path");
    private readonly Option<string?> _json = CheckedOption.Text("--json", "Write the report as one JSON object to this file.", "a path");
    private readonly Option<string?> _junit = CheckedOption.Text("--junit", "Write the report as a JUnit test suite to this file.", "a path");

    public IReadOnlyList<Option> All => hasStores ? [_directory, _json, _junit] : [_json, _junit];

    /// <summary>Makes directory and files, runs, says and writes what came out.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="prepare">Reads the other options; gives what runs in a directory.</param>
    /// <returns>The process's exit code.</returns>
    public int Run(ParseResult parsed, Func<Func<string, EndedRun>> prepare)
    {
        try
        {
            Func<string, EndedRun> run = prepare();
            using RunDirectory? directory = hasStores ? new(parsed.GetValue(_directory)) : null;
            using FileStream? json = ReportFile.Open(parsed.GetValue(_json));
            using FileStream? junit = ReportFile.Open(parsed.GetValue(_junit));
            EndedRun ended = run(directory?.Path ?? "");
            directory?.KeepWhen(ended.HasEvidence);
            foreach (string line in ended.Lines)
                Console.WriteLine(line);
            if (json is not null)
                ended.WriteJson(json);
            if (junit is not null)
                ended.WriteJUnit(junit);
            return (int)ended.Verdict;
        }
        catch (Exception e) when (e is ArgumentException or ProtocolException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine(e.Message);
            return ExitCodes.CouldNotRun;
        }
    }
}
