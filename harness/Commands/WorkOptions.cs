using System.CommandLine;
using Persistence.Configuration;
using Persistence.CrashKit.Processes;
using Persistence.CrashKit.Runs;
using Persistence.CrashKit.Worker;

namespace Persistence.Harness.Commands;

/// <summary>Options that say what workers do, the same for every verb that has workers.</summary>
internal sealed class WorkOptions
{
    private const int WritersMax = 256;

    private readonly Option<TimeSpan?> _timeout = CheckedOption.Duration("--timeout", "How long a worker or a checker may take for an answer (30s).", TimeSpan.FromDays(1));
    private readonly Option<long> _seed = CheckedOption.Seed();
    private readonly Option<int> _writers = CheckedOption.Count("--writers", "Writer threads in a worker.", WritersMax, 4);
    private readonly Option<string> _workload = new("--workload") { Description = $"{string.Join(", ", Workloads.Names)}.", DefaultValueFactory = _ => "mixed" };
    private readonly Option<DurabilityMode?> _durability = CheckedOption.Durability();
    private readonly Option<string?> _mutant = new("--mutant") { Description = "Run workers with an engine that makes this mistake: the run has to convict it." };

    public IReadOnlyList<Option> All => [_timeout, _seed, _writers, _workload, _durability, _mutant];

    public bool NamesMutant(ParseResult parsed) => parsed.GetValue(_mutant) is not null;

    /// <param name="parsed">The command line.</param>
    /// <param name="worker">Another program as the worker, or null for the one built in.</param>
    /// <exception cref="ArgumentException">What the built-in worker is to do, it cannot.</exception>
    public KillRunOptions Read(ParseResult parsed, WorkerCommand? worker)
    {
        string workload = parsed.GetValue(_workload)!;
        string? mutant = parsed.GetValue(_mutant);
        if (worker is null)
            WorkloadMix.Require(workload);
        if (mutant is not null && !MutantNames.OfKillTier.Contains(mutant))
            throw new ArgumentException($"Kills alone reveal no mutant '{mutant}'. Known: {string.Join(", ", MutantNames.OfKillTier)}.");
        KillRunOptions options = new()
        {
            Worker = worker ?? HarnessWorker.Command(mutant),
            IsBuiltIn = worker is null,
            Directory = "",
            Seed = parsed.GetValue(_seed),
            Writers = parsed.GetValue(_writers),
            Workload = workload,
            Durability = parsed.GetValue(_durability) ?? DurabilityMode.Sync,
            Mutant = mutant,
        };
        return parsed.GetValue(_timeout) is TimeSpan timeout ? options with { AnswerTime = timeout } : options;
    }
}
