namespace Persistence.Configuration;

/// <summary>The records of options that configuration keys set.</summary>
/// <param name="Store">The store's.</param>
/// <param name="LockCircuit">Those of the circuit breaker that spares waits for its lock.</param>
internal sealed record ConfiguredOptions(StoreOptions Store, CircuitBreakerOptions LockCircuit)
{
    public static ConfiguredOptions Defaults { get; } = new(new StoreOptions(), new CircuitBreakerOptions());
}
