namespace Persistence.Diagnostics;

/// <summary>Something beside the probes that somebody should know: what an opening came across, or what many errors have in common.</summary>
/// <param name="Status">How serious it is.</param>
/// <param name="Message">What was found, in a sentence.</param>
public sealed record HealthFinding(HealthStatus Status, string Message)
{
    /// <summary>What can be done about it, or null.</summary>
    public string? Suggestion { get; init; }
}
