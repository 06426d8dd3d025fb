namespace Persistence.Platform;

/// <summary>The end of a wait.</summary>
internal readonly struct Deadline
{
    private readonly TimeProvider _clock;
    private readonly long _startTicks;
    private readonly TimeSpan _timeout;

    /// <param name="clock">The time.</param>
    /// <param name="timeout">From now on; <see cref="Timeout.InfiniteTimeSpan"/> for never.</param>
    public Deadline(TimeProvider clock, TimeSpan timeout)
    {
        if (timeout < TimeSpan.Zero && timeout != Timeout.InfiniteTimeSpan)
            throw new ArgumentOutOfRangeException(nameof(timeout), timeout, "Below zero.");
        _clock = clock;
        _timeout = timeout;
        _startTicks = clock.GetTimestamp();
    }

    /// <summary>How long ago its time began.</summary>
    public TimeSpan Elapsed => _clock.GetElapsedTime(_startTicks);

    /// <summary>What is left, not below zero; <see cref="Timeout.InfiniteTimeSpan"/>: there is no end.</summary>
    public TimeSpan Left
    {
        get
        {
            if (_timeout == Timeout.InfiniteTimeSpan)
                return _timeout;
            TimeSpan left = _timeout - Elapsed;
            return left < TimeSpan.Zero ? TimeSpan.Zero : left;
        }
    }

    /// <summary>The same in whole milliseconds, rounded up; -1: there is no end.</summary>
    public int LeftMs => _timeout == Timeout.InfiniteTimeSpan ? -1 : (int)Math.Ceiling(Math.Min(Left.TotalMilliseconds, int.MaxValue));

    /// <summary>Whether it has come.</summary>
    public bool IsOver => Left == TimeSpan.Zero;
}
