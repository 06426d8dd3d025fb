namespace Persistence.Diagnostics;

/// <summary>How a store is, from probes that were really made.</summary>
public sealed record HealthReport
{
    /// <summary>The store.</summary>
    public required Guid StoreId { get; init; }

    /// <summary>When the probes were made.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>Every probe, in the order of <see cref="HealthProbes"/>.</summary>
    public required IReadOnlyList<HealthProbe> Probes { get; init; }

    /// <summary>What else somebody should know.</summary>
    public IReadOnlyList<HealthFinding> Findings { get; init; } = [];

    /// <summary>How long the probes took.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>The worst of the probes and the findings.</summary>
    public HealthStatus Status => Probes.Select(probe => probe.Status).Concat(Findings.Select(finding => finding.Status)).DefaultIfEmpty(HealthStatus.NotProbed).Max();
}
