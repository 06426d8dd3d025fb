namespace Persistence.Checkpoints;

/// <summary>Whether a checkpoint could be recovered from, by itself or as what a later increment builds on.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Name">Its label, or null; null too where it cannot be read.</param>
/// <param name="IsFull">Whether it holds the whole state; else it is an increment.</param>
/// <param name="Chain">What has to be loaded for it, in order, itself included.</param>
/// <param name="Problem">Why it cannot be used, in a sentence; null when it can.</param>
public sealed record CheckpointVerification(long Id, string? Name, bool IsFull, IReadOnlyList<long> Chain, string? Problem)
{
    /// <summary>Whether it can be used.</summary>
    public bool IsUsable => Problem is null;
}
