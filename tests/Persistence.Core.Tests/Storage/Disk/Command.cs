using System.Diagnostics;
using Xunit;

namespace Persistence.Tests.Storage.Disk;

/// <summary>Other programs, for what one process cannot show alone. A test whose program is missing is skipped and says so.</summary>
internal static class Command
{
    /// <summary>Runs a program to its end.</summary>
    public static (int ExitCode, string Output) Run(string program, params string[] arguments)
    {
        using Process process = Start(program, arguments);
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.Result);
    }

    /// <summary>Starts a program with its streams redirected.</summary>
    public static Process Start(string program, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return Process.Start(start)!;
    }

    /// <summary>Skips the running test unless it runs on Linux and every program is installed.</summary>
    public static void Require(params string[] programs)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Needs Linux.");
        foreach (string program in programs)
            Assert.SkipUnless(IsInstalled(program), $"Needs the program '{program}'.");
    }

    private static bool IsInstalled(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append("/usr/sbin").Any(directory => File.Exists(Path.Combine(directory, program)));
}
