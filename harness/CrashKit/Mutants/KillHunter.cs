using System.Globalization;
using Persistence.CrashKit.Processes;
using Persistence.CrashKit.Runs;

namespace Persistence.CrashKit.Mutants;

/// <summary>The kill tier: processes side by side in this one, then worker processes that are killed, all with the engine that makes mistakes.</summary>
/// <param name="neighbours">The processes side by side.</param>
/// <param name="worker">The command of a worker that makes one.</param>
/// <param name="directory">Where stores are put.</param>
/// <param name="killsMax">After so many kills it gives up.</param>
internal sealed class KillHunter(IMutantHunter neighbours, Func<string, WorkerCommand> worker, string directory, int killsMax) : IMutantHunter
{
    public MutantTier Tier => MutantTier.Kill;

    public string? Hunt(string mutant, long seed, CancellationToken stop) => neighbours.Hunt(mutant, seed, stop) ?? HuntByKills(mutant, seed, stop);

    private string? HuntByKills(string mutant, long seed, CancellationToken stop)
    {
        KillRunOptions options = new() { Worker = worker(mutant), IsBuiltIn = true, Directory = System.IO.Directory.CreateDirectory(Path.Combine(directory, mutant)).FullName, Kills = killsMax, Seed = seed, Mutant = mutant, Writers = 4, Lanes = 2, Workload = "mixed" };
        KillRunResult result = new KillRun(options).Run(stop);
        return result.Failures.Count == 0
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"kill {result.Kills}: {result.Failures[0].Discrepancy.Message}");
    }
}
