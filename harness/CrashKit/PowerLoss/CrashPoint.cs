using Persistence.Storage.Simulated;

namespace Persistence.CrashKit.PowerLoss;

/// <summary>A state from which a run is gone on with.</summary>
/// <param name="Choice">Where the run was cut and what is missing.</param>
/// <param name="Rank">By which it was picked among all: a small one is picked.</param>
internal sealed record CrashPoint(CrashChoice Choice, ulong Rank)
{
    /// <summary>Whether the process was killed and nothing is missing; else the power was cut.</summary>
    public bool IsKill => Choice.Tier == 0;
}
