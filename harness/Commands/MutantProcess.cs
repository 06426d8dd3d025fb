using System.Diagnostics;
using Persistence.CrashKit.Mutants;
using Persistence.CrashKit.Processes;
using Persistence.CrashKit.Runs;

namespace Persistence.Harness.Commands;

/// <summary>This program once more, with the engine that makes mistakes.</summary>
internal static class MutantProcess
{
    /// <summary>Whether this is that program.</summary>
    public static bool IsThis => MutantEngine.IsPresent;

    /// <summary>Runs it; what it says appears here.</summary>
    /// <param name="arguments">Its command line.</param>
    /// <param name="mutant">The mistake it is to make from the beginning, or null.</param>
    /// <returns>Its exit code.</returns>
    public static int Run(IEnumerable<string> arguments, string? mutant)
    {
        ProcessStartInfo start = new(DotNetHost.Find(), [Path.Combine(AppContext.BaseDirectory, "mutants", "harness.dll"), .. arguments]) { UseShellExecute = false };
        start.Environment[MutantNames.Variable] = mutant;
        start.Environment["DOTNET_TieredPGO"] = "0";
        using Process process = Process.Start(start) ?? throw new IOException("The engine that makes mistakes could not be started.");
        // Signals reach both: that one ends with a verdict, this one waits for it.
        using Interruption interruption = new();
        process.WaitForExit();
        return process.ExitCode;
    }
}
