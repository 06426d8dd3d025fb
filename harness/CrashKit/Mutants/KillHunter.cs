using System.Globalization;
using Persistence.CrashKit.Processes;
using Persistence.CrashKit.Runs;

namespace Persistence.CrashKit.Mutants;

/// <summary>Worker processes with the engine that makes mistakes, and they are killed.</summary>
/// <param name="worker">The command of a worker that makes one.</param>
/// <param name="directory">Where stores are put.</param>
/// <param name="workload">What they do.</param>
/// <param name="killsMax">After so many kills it gives up.</param>
internal sealed class KillHunter(Func<string, WorkerCommand> worker, string directory, string workload, int killsMax) : IMutantHunter
{
    public MutantTier Tier => MutantTier.Kill;

    public string? Hunt(string mutant, long seed, CancellationToken stop)
    {
        KillRunOptions options = new() { Worker = worker(mutant), IsBuiltIn = true, Directory = System.IO.Directory.CreateDirectory(Path.Combine(directory, $"{mutant}-{workload}")).FullName, Kills = killsMax, Seed = seed, Mutant = mutant, Writers = 4, Lanes = 2, Workload = workload };
        KillRunResult result = new KillRun(options).Run(stop);
        // No answer is not a mutant that survived.
        if (result.WhyItCouldNotRun is string why && !stop.IsCancellationRequested)
            throw new IOException($"Mutant '{mutant}' could not be tried with processes: {why}");
        return result.Failures.Count == 0
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"kill {result.Kills}: {result.Failures[0].Discrepancy.Message}");
    }
}
