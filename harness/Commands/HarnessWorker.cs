using Persistence.CrashKit.Processes;
using Persistence.CrashKit.Runs;

namespace Persistence.Harness.Commands;

/// <summary>This program as a worker.</summary>
internal static class HarnessWorker
{
    private const string Assembly = "harness.dll";

    /// <param name="mutant">The mistake the engine is to make, or null for the engine as it is shipped.</param>
    public static WorkerCommand Command(string? mutant) => Start(Assembly, mutant).With(["worker"], []);

    /// <summary>The sample host of terminals; what it is to do comes behind.</summary>
    /// <param name="mutant">The mistake the engine is to make, or null for the engine as it is shipped.</param>
    public static WorkerCommand TerminalHost(string? mutant) => Start("TerminalHost.dll", mutant);

    private static WorkerCommand Start(string assembly, string? mutant)
    {
        string directory = MutantProcess.IsThis ? AppContext.BaseDirectory : Path.Combine(AppContext.BaseDirectory, mutant is null ? "worker" : "mutants");
        // A worker lives for a tenth of a second: unlike the harness it has no time to compile loops well at once.
        Dictionary<string, string> environment = new([WorkerEnvironment.NoDiagnosticPipes]) { ["DOTNET_TieredPGO"] = "0", ["DOTNET_TC_QuickJitForLoops"] = "1" };
        if (mutant is not null)
            environment[MutantNames.Variable] = mutant;
        return new WorkerCommand(DotNetHost.Find(), [Path.Combine(directory, assembly)], environment);
    }
}
