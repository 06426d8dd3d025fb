using System.Collections.Concurrent;
using Persistence.Locking;

namespace PersistenceModule;

/// <summary>One circuit breaker for each store whose lock this process waits for, by its path. Thread-safe.</summary>
internal static class LockBreakers
{
    private static readonly ConcurrentDictionary<string, CircuitBreaker> s_breakers = new(StringComparer.Ordinal);

    public static CircuitBreaker For(string directory) =>
        s_breakers.GetOrAdd(Path.TrimEndingDirectorySeparator(directory), static _ => new CircuitBreaker(TimeProvider.System));
}
