using System.CommandLine;
using Persistence.Configuration;
using Persistence.CrashKit.Processes;
using Persistence.CrashKit.Runs;
using Persistence.CrashKit.Terminals.Runs;
using Persistence.CrashKit.Worker;

namespace Persistence.Harness.Commands;

/// <summary>Options that say what workers do, the same for every verb that has workers.</summary>
/// <param name="moreWorkloads">Workloads that only this verb has.</param>
internal sealed class WorkOptions(params IEnumerable<string> moreWorkloads)
{
    private const int WritersMax = 256;

    private readonly Option<TimeSpan?> _timeout = CheckedOption.Duration("--timeout", "How long a worker or a checker may take for an answer (30s).", TimeSpan.FromDays(1));
    private readonly Option<long> _seed = CheckedOption.Seed();
    private readonly Option<int> _writers = CheckedOption.Count("--writers", "Writer threads in a worker.", WritersMax, 4);
    private readonly Option<string> _workload = new("--workload") { Description = $"{string.Join(", ", Workloads.Names.Concat(moreWorkloads))}.", DefaultValueFactory = _ => "mixed" };
    private readonly Option<DurabilityMode?> _durability = CheckedOption.Durability();
    private readonly Option<string?> _mutant = new("--mutant") { Description = "Run workers with an engine that makes this mistake: the run has to convict it." };

    public IReadOnlyList<Option> All => [_timeout, _seed, _writers, _workload, _durability, _mutant];

    public bool NamesMutant(ParseResult parsed) => parsed.GetValue(_mutant) is not null;

    /// <summary>Whether hosts of terminals are the workers.</summary>
    public bool NamesTerminals(ParseResult parsed) => parsed.GetValue(_workload) == TerminalRunOptions.Workload;

    /// <exception cref="ArgumentException">It cannot be done.</exception>
    public TerminalRunOptions ReadTerminals(ParseResult parsed)
    {
        string? mutant = parsed.GetValue(_mutant);
        if (OperatingSystem.IsWindows())
            throw new ArgumentException("The workload 'terminals' needs shells as on Linux or macOS.");
        if (mutant is not null && !MutantNames.OfTerminals.Contains(mutant))
            throw new ArgumentException($"Kills of hosts of terminals reveal no mutant '{mutant}'. Known: {string.Join(", ", MutantNames.OfTerminals)}.");
        bool isEager = mutant == MutantNames.EagerHost;
        KillRunOptions run = new()
        {
            Worker = HarnessWorker.TerminalHost(isEager ? null : mutant),
            IsBuiltIn = false,
            Directory = "",
            Seed = parsed.GetValue(_seed),
            Workload = TerminalRunOptions.Workload,
            Durability = parsed.GetValue(_durability) ?? DurabilityMode.Sync,
            Mutant = mutant,
        };
        return new TerminalRunOptions { Run = parsed.GetValue(_timeout) is TimeSpan timeout ? run with { AnswerTime = timeout } : run, IsEager = isEager };
    }

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
