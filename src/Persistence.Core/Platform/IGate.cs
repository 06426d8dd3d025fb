namespace Persistence.Platform;

/// <summary>
/// A lock with one condition (a monitor). It is the only thing the engine blocks on, and the only lock that may be held
/// across a file operation: a plain <c>lock</c> protects a few instructions and never spans a file operation or a wait.
/// </summary>
public interface IGate
{
    /// <summary>Takes the lock. Not reentrant: entering twice on one thread is a bug.</summary>
    void Enter();

    /// <summary>Releases the lock.</summary>
    void Exit();

    /// <summary>Releases the lock, waits for <see cref="PulseAll"/> or the timeout, takes the lock again. May wake for no reason.</summary>
    /// <param name="timeout">How long at most; <see cref="Timeout.InfiniteTimeSpan"/> for no limit.</param>
    /// <returns>False when the timeout passed.</returns>
    bool Wait(TimeSpan timeout);

    /// <summary>Wakes every waiter. The caller holds the lock.</summary>
    void PulseAll();
}
