namespace Persistence.Transactions;

/// <summary>The moment from which on a transaction is too late.</summary>
internal sealed class Deadline
{
    private readonly TimeProvider _clock;
    private readonly TimeSpan? _timeout;
    private readonly long _begunAt;

    /// <param name="clock">Tells the time.</param>
    /// <param name="timeout">How long from now; null: there is no such moment.</param>
    public Deadline(TimeProvider clock, TimeSpan? timeout)
    {
        _clock = clock;
        _timeout = timeout;
        _begunAt = clock.GetTimestamp();
    }

    public bool IsOver => _timeout is TimeSpan timeout && Elapsed >= timeout;

    /// <summary>How long ago its time began.</summary>
    public TimeSpan Elapsed => _clock.GetElapsedTime(_begunAt);
}
