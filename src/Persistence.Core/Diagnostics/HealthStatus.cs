namespace Persistence.Diagnostics;

/// <summary>How something is. A later one is worse.</summary>
public enum HealthStatus
{
    /// <summary>It was not tried, and says nothing.</summary>
    NotProbed,

    /// <summary>It works.</summary>
    Healthy,

    /// <summary>It works, and somebody should look at it before it does not.</summary>
    Degraded,

    /// <summary>It does not work.</summary>
    Unhealthy,
}
