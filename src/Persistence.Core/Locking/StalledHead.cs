namespace Persistence.Locking;

/// <summary>
/// Finds out for one waiter who at the head of the queue is alive and does not take a lock that is free: its process is stopped, or
/// hangs. Such a one is passed over (FORMAT.md).
/// </summary>
internal sealed class StalledHead(LockContext context)
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(250);

    private readonly HashSet<string> _passedOver = [];
    private long _lookedAt = context.Clock.GetTimestamp();
    private string? _head;
    private long _freeSince;

    /// <summary>Takes those who are passed over out of the tickets ahead, and now and then looks for another.</summary>
    public void LeaveOut(List<string> ahead)
    {
        ahead.RemoveAll(_passedOver.Contains);
        if (ahead.Count == 0 || context.Clock.GetElapsedTime(_lookedAt) < LookInterval)
            return;
        _lookedAt = context.Clock.GetTimestamp();
        if (StoreLock.IsHeld(context.Files))
            _head = null;
        else if (ahead[0] != _head)
            Watch(ahead[0]);
        else if (context.Clock.GetElapsedTime(_freeSince) >= context.StalledAfter)
            PassOver(ahead);
    }

    /// <summary>From now on the lock is its for the taking.</summary>
    private void Watch(string head)
    {
        _head = head;
        _freeSince = context.Clock.GetTimestamp();
    }

    private void PassOver(List<string> ahead)
    {
        _passedOver.Add(ahead[0]);
        ahead.RemoveAt(0);
    }
}
