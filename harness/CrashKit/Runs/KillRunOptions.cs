using Persistence.Configuration;
using Persistence.CrashKit.Processes;
using Persistence.CrashKit.Protocol;
using Persistence.CrashKit.Worker;

namespace Persistence.CrashKit.Runs;

/// <summary>What a kill run does.</summary>
public sealed record KillRunOptions
{
    /// <summary>How the worker is started.</summary>
    public required WorkerCommand Worker { get; init; }

    /// <summary>Whether the worker is this harness' own, which knows the named points and waits for orders before it touches a store.</summary>
    public bool IsBuiltIn { get; init; } = true;

    /// <summary>A program that checks a directory by itself, or null: then the worker speaks the whole protocol.</summary>
    public WorkerCommand? Checker { get; init; }

    /// <summary>Where the stores are put: an existing directory.</summary>
    public required string Directory { get; init; }

    /// <summary>How many kills, or null for as many as the time allows.</summary>
    public int? Kills { get; init; }

    /// <summary>For how long rounds are begun, or null for as long as the kills take.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>How long a worker may take for one answer (ready, open, its dump, its end) and a checker for its own, before there is no answer.</summary>
    public TimeSpan AnswerTime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Where all random choices come from.</summary>
    public long Seed { get; init; }

    /// <summary>Writer threads in a worker.</summary>
    public int Writers { get; init; } = 4;

    /// <summary>The workload's name.</summary>
    public string Workload { get; init; } = "mixed";

    /// <summary>Whether clients beside the writers run transactions on lists, whose histories are judged.</summary>
    public bool HasLists => IsBuiltIn && Workload == "transactions";

    /// <summary>Whether stores are also looked at, and taken back to, as they were at earlier positions. Where commits return before they are flushed nobody but the store knows which of them share a frame.</summary>
    public bool LooksBack => IsBuiltIn && Workload == "checkpoints" && Durability == DurabilityMode.Sync;

    /// <summary>Whether the workload takes checkpoints and compacts all the time; stores are kept accordingly.</summary>
    public bool HasUpkeep => IsBuiltIn && Checker is null && WorkloadMix.Find(Workload) is not null;

    /// <summary>Whether entities are among what is done; figures and gates are accordingly.</summary>
    public bool HasEntities => IsBuiltIn && Checker is null && WorkloadMix.Find(Workload)?.IsOfEntities == true;

    /// <summary>
    /// Whether a value may come twice in a store's life, though not between two verified states: what a change of a table makes of its components is in no text that the change itself writes.
    /// </summary>
    internal bool MayRepeatValues => IsBuiltIn && WorkloadMix.Find(Workload)?.HasEntities == true;

    /// <summary>When a commit is promised.</summary>
    public DurabilityMode Durability { get; init; } = DurabilityMode.Sync;

    /// <summary>The mutant the worker runs, for the reports, or null.</summary>
    public string? Mutant { get; init; }

    /// <summary>The points workers are sent to, besides the random moments.</summary>
    public IReadOnlyList<KillPoint> Points { get; init; } = Enum.GetValues<KillPoint>();

    /// <summary>Stores worked on at the same time.</summary>
    public int Lanes { get; init; } = 2;

    /// <summary>Kills a store goes through before it is closed cleanly, verified once more and replaced by a new one.</summary>
    public int KillsPerStore { get; init; } = 25;

    /// <summary>After every how many kills the controller reads the store itself before the next worker opens it; 0: never.</summary>
    public int InspectEvery { get; init; } = 4;
}
