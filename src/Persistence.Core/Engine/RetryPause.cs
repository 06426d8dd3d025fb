using Persistence.Diagnostics;

namespace Persistence.Engine;

/// <summary>When background work that failed is tried again: after one second, then after twice as long each time, up to a minute or less; up to five seconds on a full disk, where somebody may make room at any moment.</summary>
/// <param name="clock">The time.</param>
/// <param name="secondsMax">The longest pause.</param>
internal sealed class RetryPause(TimeProvider clock, double secondsMax = 60)
{
    private const double DiskFullSecondsMax = 5;

    private Exception? _cause;
    private double _seconds;
    private long _failedAt;

    /// <summary>The failure not got over yet, or null.</summary>
    public Exception? Cause => Volatile.Read(ref _cause);

    /// <summary>How long to leave it alone; zero when it may be tried.</summary>
    public TimeSpan Left
    {
        get
        {
            if (Cause is null)
                return TimeSpan.Zero;
            TimeSpan left = TimeSpan.FromSeconds(_seconds) - clock.GetElapsedTime(_failedAt);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    public void NoteFailure(Exception cause)
    {
        double most = cause is StoreException { Error: StoreError.DiskFull } ? Math.Min(secondsMax, DiskFullSecondsMax) : secondsMax;
        _seconds = Cause is null ? 1 : Math.Min(_seconds * 2, most);
        _failedAt = clock.GetTimestamp();
        Volatile.Write(ref _cause, cause);
    }

    public void NoteSuccess() => Volatile.Write(ref _cause, null);
}
