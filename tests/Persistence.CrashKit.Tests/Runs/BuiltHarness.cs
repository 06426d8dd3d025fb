using Persistence.CrashKit.Processes;
using Persistence.CrashKit.Runs;

namespace Persistence.CrashKit.Tests.Runs;

/// <summary>The harness built beside these tests.</summary>
internal static class BuiltHarness
{
    private static readonly DirectoryInfo Here = new(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));

    /// <summary>Its directory: the same configuration's output of the other project.</summary>
    public static string Directory => Path.Combine(Here.Parent!.Parent!.FullName, "harness", Here.Name);

    public static string Assembly => Path.Combine(Directory, "harness.dll");

    public static string MutantCore => Path.Combine(Directory, "mutants", "Persistence.Core.dll");

    /// <summary>A process that contends for the lock of a directory.</summary>
    public static WorkerCommand LockWorker(string directory, string name) => new(
        DotNetHost.Find(), [Path.Combine(Directory, "worker", "harness.dll"), "lock-worker", directory, name], new Dictionary<string, string>([WorkerEnvironment.NoDiagnosticPipes]));

    public static WorkerCommand Worker(string? mutant = null) => Start("harness.dll", mutant).With(["worker"], []);

    /// <summary>The sample host of terminals; what it is to do comes behind.</summary>
    public static WorkerCommand TerminalHost(string? mutant = null) => Start("TerminalHost.dll", mutant);

    private static WorkerCommand Start(string name, string? mutant)
    {
        string assembly = Path.Combine(Directory, mutant is null ? "worker" : "mutants", name);
        Dictionary<string, string> environment = new([WorkerEnvironment.NoDiagnosticPipes]);
        if (mutant is not null)
            environment[MutantNames.Variable] = mutant;
        return new WorkerCommand(DotNetHost.Find(), [assembly], environment);
    }
}
