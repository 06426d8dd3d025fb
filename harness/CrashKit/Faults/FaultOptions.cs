using Persistence.Configuration;
using Persistence.Storage;

namespace Persistence.CrashKit.Faults;

/// <summary>What a fault exploration covers.</summary>
internal sealed record FaultOptions
{
    /// <summary>Where everything random comes from.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>The workloads, taken in turns.</summary>
    public IReadOnlyList<string> Workloads { get; init; } = Worker.Workloads.Names;

    /// <summary>When a commit is promised; null: all, in turns.</summary>
    public DurabilityMode? Durability { get; init; }

    /// <summary>Operations of a run, all writers together.</summary>
    public int Operations { get; init; } = 15;

    /// <summary>Which faults are tried; null: all.</summary>
    public Func<FaultPoint, bool>? Aim { get; init; }

    /// <summary>Into how many shares the faults of a run are divided. Where few are tried, one is enough: each costs making the run again.</summary>
    public int Shares { get; init; } = FaultExploration.SharesOfRun;

    /// <summary>Whether, after the run with a fault, the power is cut and the process killed too: not where a mistake shows in what the process does next.</summary>
    public bool CutsPower { get; init; } = true;

    /// <summary>So many failures of one share of a run's faults are enough: for each it is asked at length whether the fault is to blame.</summary>
    public int FailuresOfPieceMax { get; init; } = 3;

    /// <summary>Puts something between the engine and the faulty disk, or null: to see whether a mistake there would be found.</summary>
    public Func<IFileSystem, IFileSystem>? Wrap { get; init; }
}
