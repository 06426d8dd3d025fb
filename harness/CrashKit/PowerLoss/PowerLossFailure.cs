using Persistence.Storage.Simulated;

namespace Persistence.CrashKit.PowerLoss;

/// <summary>A legal state of the disk from which the store did not come back as it must.</summary>
/// <param name="Seed">Of the recorded run.</param>
/// <param name="Choice">Where the run was cut and what is missing.</param>
/// <param name="Message">What is wrong.</param>
internal sealed record PowerLossFailure(long Seed, CrashChoice Choice, string Message);
