using System.CommandLine;
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

    /// <summary>Runs the same command line in it, with an engine that makes a mistake from the beginning.</summary>
    /// <returns>Its exit code.</returns>
    public static int Run(ParseResult parsed, string mutant) => Refuse([mutant]) ?? Run(parsed.Tokens.Select(token => token.Value), mutant);

    /// <summary>Runs the same command line in it, which will switch mistakes on and off itself.</summary>
    /// <returns>Its exit code.</returns>
    public static int Run(ParseResult parsed, IReadOnlyList<string> mutants) => Refuse(mutants) ?? Run(parsed.Tokens.Select(token => token.Value), mutant: null);

    /// <summary>Runs it; what it says appears here.</summary>
    /// <param name="arguments">Its command line.</param>
    /// <param name="mutant">The mistake it is to make from the beginning, or null.</param>
    /// <returns>Its exit code.</returns>
    public static int Run(IEnumerable<string> arguments, string? mutant)
    {
        ProcessStartInfo start = new(DotNetHost.Find(), [Path.Combine(AppContext.BaseDirectory, "mutants", "harness.dll"), .. arguments]) { UseShellExecute = false };
        start.Environment[MutantNames.Variable] = mutant;
        start.Environment["DOTNET_TieredPGO"] = "0";
        // A terminal's signal reaches both, any other only this one: it is handed on, that one ends with a verdict, and this one waits for it.
        using Interruption interruption = new();
        using Process process = Process.Start(start) ?? throw new IOException("The engine that makes mistakes could not be started.");
        using CancellationTokenRegistration handOn = interruption.Token.Register(() => ProcessSignals.End(process.Id));
        process.WaitForExit();
        if (Enum.IsDefined((KillRunVerdict)process.ExitCode))
            return process.ExitCode;
        Console.Error.WriteLine($"The engine that makes mistakes ended without a verdict, with exit code {process.ExitCode}.");
        return ExitCodes.CouldNotRun;
    }

    private static int? Refuse(IEnumerable<string> mutants)
    {
        if (mutants.FirstOrDefault(name => MutantCatalog.Find(name) is null) is not string unknown)
            return null;
        Console.Error.WriteLine($"There is no mutant '{unknown}'. Known: {string.Join(", ", MutantCatalog.All.Select(mutant => mutant.Name))}.");
        return ExitCodes.CouldNotRun;
    }
}
