using Persistence.Storage.Simulated;

namespace Persistence.CrashKit.PowerLoss;

/// <summary>A legal state of the disk from which the store did not come back as it must.</summary>
/// <param name="Seed">Of the recorded run.</param>
/// <param name="Tier">Which enumeration found it.</param>
/// <param name="Cut">Where the run was cut.</param>
/// <param name="Dropped">The parts of the trace that are missing.</param>
/// <param name="Torn">A write that is there in part, or null.</param>
/// <param name="Message">What is wrong.</param>
internal sealed record PowerLossFailure(long Seed, int Tier, long Cut, IReadOnlyList<int> Dropped, TornWrite? Torn, string Message);
