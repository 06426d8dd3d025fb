namespace Persistence.Diagnostics;

/// <summary>One thing that was tried or looked at.</summary>
/// <param name="Name">Which: one of the names in <see cref="HealthProbes"/>.</param>
/// <param name="Status">How it is.</param>
/// <param name="Message">What was found, in a sentence.</param>
public sealed record HealthProbe(string Name, HealthStatus Status, string Message)
{
    /// <summary>The figure it rests on, or null.</summary>
    public double? Value { get; init; }

    /// <summary>The unit of the figure: ms, s, bytes or files; null without one.</summary>
    public string? Unit { get; init; }
}
