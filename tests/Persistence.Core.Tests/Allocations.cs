namespace Persistence.Tests;

/// <summary>What a piece of code allocates on its own thread.</summary>
internal static class Allocations
{
    /// <summary>
    /// The least of eight measurements. The runtime itself allocates now and then while it optimizes, and counts by the piece around a collection; what the
    /// code allocates shows in every round.
    /// </summary>
    public static long LeastOf(Action action) => Enumerable.Range(0, 8).Min(_ => Measure(action));

    private static long Measure(Action action)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        action();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
