using System.Text.RegularExpressions;
using Persistence.CrashKit.Processes;
using Persistence.CrashKit.Tests.Runs;
using Persistence.Tests;
using Xunit;

namespace Persistence.CrashKit.Tests.Commands;

/// <summary>The programs and commands of harness/README.md, as they stand there.</summary>
public sealed partial class ReadmeExampleTests
{
    private const string Start = "dotnet run -c Release --project harness -- ";

    private static readonly string Readme = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "harness-README.md")).ReplaceLineEndings("\n");

    [Theory]
    [InlineData("--worker \"sh worker.sh\"")]
    [InlineData("--checker \"sh check.sh\"")]
    public async Task An_example_passes(string command)
    {
        using TestDirectory directory = new();
        WriteScripts(directory);
        (int exitCode, string[] output) = await RunAsync(directory, command);
        Assert.True(exitCode == 0, string.Join("\n", output));
    }

    [Theory]
    [InlineData("worker.sh", "--worker \"sh worker.sh\"")]
    [InlineData("count.sh", "--checker \"sh check.sh\"")]
    public async Task Without_the_line_that_writes_it_is_convicted(string script, string command)
    {
        using TestDirectory directory = new();
        WriteScripts(directory);
        string[] lines = File.ReadAllLines(directory.Combine(script));
        string[] forgetful = [.. lines.Where(line => !line.Contains("\" >> \"$log\"", StringComparison.Ordinal))];
        Assert.Equal(lines.Length - 1, forgetful.Length);
        File.WriteAllLines(directory.Combine(script), forgetful);
        (int exitCode, string[] output) = await RunAsync(directory, command);
        Assert.True(exitCode == 1, string.Join("\n", output));
    }

    [Theory]
    [InlineData("crash")]
    [InlineData("powerloss")]
    [InlineData("faults")]
    [InlineData("corrupt")]
    [InlineData("mutants")]
    [InlineData("soak")]
    public async Task Every_option_of_a_verb_is_explained_in_its_section(string verb)
    {
        using TestDirectory directory = new();
        using HarnessProcess harness = new(directory, verb, "--help");
        (_, string[] output, _) = await harness.EndAsync(TestContext.Current.CancellationToken);
        string section = Readme.Split("\n## ").Single(section => section.StartsWith($"`{verb}`\n", StringComparison.Ordinal));
        string[] options = [.. output.Select(line => Option().Match(line)).Where(match => match.Success).Select(match => match.Groups["name"].Value)];
        Assert.NotEmpty(options);
        Assert.All(options, option => Assert.Contains($"`{option}", section, StringComparison.Ordinal));
    }

    /// <summary>Every block that begins with the name of a script.</summary>
    private static void WriteScripts(TestDirectory directory)
    {
        foreach (Match block in Script().Matches(Readme))
            _ = ShellScript.Write(directory, block.Groups["name"].Value, block.Groups["text"].Value);
    }

    private static async Task<(int ExitCode, string[] Output)> RunAsync(TestDirectory directory, string part)
    {
        string line = Assert.Single(Readme.Split('\n'), line => line.StartsWith(Start, StringComparison.Ordinal) && line.Contains(part, StringComparison.Ordinal));
        WorkerCommand command = WorkerCommand.Parse(line[Start.Length..]);
        using HarnessProcess harness = new(directory, [command.Program, .. command.Arguments]);
        (int exitCode, string[] output, string[] _) = await harness.EndAsync(TestContext.Current.CancellationToken);
        return (exitCode, output);
    }

    [GeneratedRegex(@"^```sh\n(?<text># (?<name>[a-z]+\.sh).*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Script();

    [GeneratedRegex("^  (?<name>--[a-z-]+) ")]
    private static partial Regex Option();
}
