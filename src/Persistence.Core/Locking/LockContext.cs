using Persistence.Platform;
using Persistence.Storage;

namespace Persistence.Locking;

/// <summary>What taking a store's lock needs of the outside world.</summary>
/// <param name="Files">The files of the store's directory.</param>
/// <param name="Scheduler">Where pauses come from.</param>
/// <param name="Clock">Time. Only lengths are measured with it, and never compared with another process's.</param>
/// <param name="Random">Names of tickets, jitter.</param>
internal sealed record LockContext(IFileSystem Files, IScheduler Scheduler, TimeProvider Clock, IRandomSource Random)
{
    /// <summary>For how long a waiter at the head of the queue may leave a free lock untaken before others pass it over; who waits for less than twice as long finds out in half of its time.</summary>
    public TimeSpan StalledAfter { get; init; } = TimeSpan.FromSeconds(2);
}
