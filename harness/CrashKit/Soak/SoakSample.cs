namespace Persistence.CrashKit.Soak;

/// <summary>What a soak took up at one moment.</summary>
/// <param name="At">Since the beginning of the run.</param>
/// <param name="Life">Which worker of the run it was.</param>
/// <param name="Age">How long that one had been writing.</param>
/// <param name="WorkerBytes">Its resident memory.</param>
/// <param name="HarnessBytes">The resident memory of the harness.</param>
/// <param name="DiskBytes">All files of the store.</param>
public readonly record struct SoakSample(TimeSpan At, int Life, TimeSpan Age, long WorkerBytes, long HarnessBytes, long DiskBytes)
{
    /// <summary>What they are.</summary>
    public DiskUse Disk { get; init; }
}
