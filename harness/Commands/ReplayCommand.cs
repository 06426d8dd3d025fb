using System.CommandLine;
using Persistence.CrashKit.PowerLoss;
using Persistence.CrashKit.Reports;
using Persistence.CrashKit.Runs;

namespace Persistence.Harness.Commands;

/// <summary><c>harness replay</c>.</summary>
internal static class ReplayCommand
{
    /// <summary>Larger than any failure that was written down.</summary>
    private const long BytesMax = 64 << 20;

    public static Command Create()
    {
        Argument<string> path = new("file") { Description = "What a failed run has written." };
        path.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: string text }] && string.IsNullOrWhiteSpace(text))
                result.AddError($"<file> '{text}' is not allowed. Allowed: a path.");
        });
        Command command = new("replay", "Recover once more from the very disk that a failed run has written down; nothing else is run.");
        command.Arguments.Add(path);
        command.SetAction(parsed => Run(parsed.GetValue(path)!));
        return command;
    }

    private static ReplayFile Read(string path)
    {
        long bytes = new FileInfo(path).Length;
        return bytes <= BytesMax ? ReplayFile.Read(File.ReadAllBytes(path)) : throw new InvalidDataException($"It is not a replay file: it has {bytes} bytes.");
    }

    private static int Run(string path)
    {
        try
        {
            ReplayFile file = Read(path);
            if (file.Mutant is not null && !MutantProcess.IsThis)
                return MutantProcess.Run(["replay", path], file.Mutant);
            string? message = file.Judge();
            Console.WriteLine($"Profile {file.Failure.Profile.Name}, {file.Failure.Describe()}");
            Console.WriteLine($"Image {file.ImageHash:x16}, mutant {file.Mutant ?? "none"}");
            Console.WriteLine($"Then: {file.Failure.Message}");
            Console.WriteLine($"Now:  {message ?? "nothing is wrong"}");
            KillRunVerdict verdict = message is null ? KillRunVerdict.Passed : KillRunVerdict.Convicted;
            Console.WriteLine($"{VerdictLine.Word(verdict)}: replay: {(message == file.Failure.Message ? "the same failure" : message is null ? "it does not fail any more" : "another failure")}");
            return (int)verdict;
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine(e.Message);
            return ExitCodes.CouldNotRun;
        }
    }
}
