namespace Persistence.CrashKit.Exploration;

/// <summary>A case in which the store did not keep its promise.</summary>
/// <param name="Tier">Which kind of case.</param>
/// <param name="Case">How to get there: seed, workload, profile, what was done to the disk.</param>
/// <param name="Message">What is wrong.</param>
internal sealed record ExplorationFailure(string Tier, string Case, string Message)
{
    /// <summary>Looks, no longer than the time given or until it is interrupted, for a smaller case that fails; null where there is no way to.</summary>
    public Func<TimeSpan, CancellationToken, MinimisedFailure>? Minimise { get; init; }
}

/// <summary>A failure as small as it could be made.</summary>
/// <param name="Words">What it takes, for people.</param>
/// <param name="Replay">The file by which it can be seen again.</param>
internal sealed record MinimisedFailure(string Words, byte[] Replay);
