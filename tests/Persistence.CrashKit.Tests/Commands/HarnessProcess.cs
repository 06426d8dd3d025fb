using System.Diagnostics;
using Persistence.CrashKit.Processes;
using Persistence.CrashKit.Tests.Runs;
using Persistence.Tests;
using Xunit;

namespace Persistence.CrashKit.Tests.Commands;

/// <summary>The command line as people start it, with a temporary directory of its own.</summary>
internal sealed class HarnessProcess : IDisposable
{
    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _errors;

    public HarnessProcess(TestDirectory directory, params IEnumerable<string> arguments)
        : this(directory, DotNetHost.Find(), [BuiltHarness.Assembly, .. arguments])
    {
    }

    private HarnessProcess(TestDirectory directory, string program, IEnumerable<string> arguments)
    {
        TemporaryDirectory = Directory.CreateDirectory(directory.Combine("tmp")).FullName;
        ProcessStartInfo start = new(program, arguments)
        {
            WorkingDirectory = directory.Path,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["TMPDIR"] = TemporaryDirectory;
        _process = Process.Start(start)!;
        _output = _process.StandardOutput.ReadToEndAsync();
        _errors = _process.StandardError.ReadToEndAsync();
    }

    public string TemporaryDirectory { get; }

    /// <summary>What it says on standard output goes to a file, or is lost with it.</summary>
    public static HarnessProcess StartWithOutputTo(string file, TestDirectory directory, string arguments) =>
        new(directory, "sh", ["-c", $"exec '{DotNetHost.Find()}' '{BuiltHarness.Assembly}' {arguments} > '{file}'"]);

    /// <summary>Leads a process group of its own, as where a shell starts it.</summary>
    public static HarnessProcess StartGroup(TestDirectory directory, params IEnumerable<string> arguments) =>
        new(directory, "setsid", [DotNetHost.Find(), BuiltHarness.Assembly, .. arguments]);

    /// <summary>Sends a signal to every process of its group.</summary>
    public void SignalGroup(string name)
    {
        using Process kill = Process.Start("sh", ["-c", $"kill -s {name} -- -{_process.Id}"]);
        kill.WaitForExit();
    }

    /// <summary>Sends signals, by the names `kill` knows, one right after the other.</summary>
    public void Signal(params IEnumerable<string> names)
    {
        using Process kill = Process.Start("sh", ["-c", string.Join("; ", names.Select(name => $"kill -s {name} {_process.Id}"))]);
        kill.WaitForExit();
    }

    /// <summary>Waits for the end.</summary>
    public async Task<(int ExitCode, string[] Output, string[] Errors)> EndAsync(CancellationToken cancellation)
    {
        await _process.WaitForExitAsync(cancellation);
        return (_process.ExitCode, ToLines(await _output), ToLines(await _errors));
    }

    /// <summary>It answers these arguments with one line that says why not.</summary>
    public static async Task AssertRefusesAsync(string message, string[] arguments, CancellationToken cancellation)
    {
        const int CouldNotRun = 2;
        using TestDirectory directory = new();
        using HarnessProcess harness = new(directory, arguments);
        (int exitCode, string[] output, string[] errors) = await harness.EndAsync(cancellation);
        Assert.Equal(CouldNotRun, exitCode);
        Assert.Contains(message, Assert.Single(errors), StringComparison.Ordinal);
        Assert.Empty(output);
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private static string[] ToLines(string text) => text.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries);
}
