using Persistence.Diagnostics;
using Persistence.Locking;

namespace PersistenceModule;

/// <summary>How a store is, from probes that were really made.</summary>
public sealed class WalStoreHealth
{
    internal WalStoreHealth(WalStore store)
    {
        HealthReport report = store.Engine.CheckHealth();
        Path = store.Path;
        StoreId = report.StoreId;
        Status = report.Status;
        Time = report.Time.ToLocalTime();
        Duration = report.Duration;
        Probes = [.. report.Probes];
        Findings = [.. report.Findings];
        Circuit = store.Host.LockBreaker?.Status;
    }

    /// <summary>The full path of its directory.</summary>
    public string Path { get; }

    /// <summary>Which store it is.</summary>
    public Guid StoreId { get; }

    /// <summary>The worst of the probes and the findings.</summary>
    public HealthStatus Status { get; }

    /// <summary>When the probes were made.</summary>
    public DateTimeOffset Time { get; }

    /// <summary>How long they took.</summary>
    public TimeSpan Duration { get; }

    /// <summary>Every probe, those that were not made included.</summary>
    public HealthProbe[] Probes { get; }

    /// <summary>What else somebody should know: damage that opening came across, and errors of this process that came again and again.</summary>
    public HealthFinding[] Findings { get; }

    /// <summary>The circuit breaker that this process's waits for the store's lock go through.</summary>
    public CircuitStatus? Circuit { get; }
}
