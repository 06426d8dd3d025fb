using Persistence.Diagnostics;

namespace Persistence.Configuration;

/// <summary>When a store's circuit breaker opens, and for how long. Immutable; every value is checked when it is set.</summary>
/// <exception cref="StoreException"><see cref="StoreError.ConfigurationInvalid"/> from any setter, naming the option and its range.</exception>
public sealed record CircuitBreakerOptions
{
    private readonly int _failuresToOpen = 5;
    private readonly int _openMs = 60_000;

    /// <summary>Lock timeouts in a row that open the circuit (1 to 1,000; default 5).</summary>
    public int FailuresToOpen { get => _failuresToOpen; init => _failuresToOpen = (int)StoreOptions.Check(value, 1, 1_000); }

    /// <summary>How long the circuit stays open before one attempt is let through, in milliseconds (1 to one hour; default 60,000).</summary>
    public int OpenMs { get => _openMs; init => _openMs = (int)StoreOptions.Check(value, 1, 3_600_000); }
}
