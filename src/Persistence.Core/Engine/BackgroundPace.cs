using Persistence.Platform;

namespace Persistence.Engine;

/// <summary>
/// Keeps work in the background (a checkpoint, the archive) from taking the disk and the processor away from commits: while there are any, after half a millisecond of work it rests for twice as long.
/// A thread whose write has become durable may have to wait for a processor until the one that works there rests; so the bursts are short. Without commits it goes on at once.
/// </summary>
internal sealed class BackgroundPace
{
    private const int RestPerWork = 2;
    private static readonly TimeSpan _workMin = TimeSpan.FromMilliseconds(0.5);
    private static readonly TimeSpan _restMax = TimeSpan.FromMilliseconds(100);
    // While the only writer waits for its turn there are no commits: that there were some a moment ago is what counts.
    private static readonly TimeSpan _busyFor = TimeSpan.FromMilliseconds(50);

    private readonly StoreHost _host;
    private readonly Func<long> _commits;
    private readonly IGate _gate;
    private long _began;
    private long _commitsSeen;
    private long? _lastCommitAt;

    /// <param name="host">Time, and waits.</param>
    /// <param name="commits">How many commits there have been.</param>
    public BackgroundPace(StoreHost host, Func<long> commits)
    {
        _host = host;
        _commits = commits;
        _gate = host.Scheduler.CreateGate();
    }

    /// <summary>The next piece begins now.</summary>
    public void Begin()
    {
        _commitsSeen = _commits();
        _began = _host.Clock.GetTimestamp();
    }

    /// <summary>A piece is done; they are small. Rests if enough was worked since the last rest.</summary>
    public void Rest()
    {
        TimeSpan worked = _host.Clock.GetElapsedTime(_began);
        if (worked < _workMin)
            return;
        if (IsBusy())
            Wait(RestPerWork * worked);
        Begin();
    }

    private bool IsBusy()
    {
        if (_commits() != _commitsSeen)
            _lastCommitAt = _host.Clock.GetTimestamp();
        return _lastCommitAt is long at && _host.Clock.GetElapsedTime(at) < _busyFor;
    }

    /// <summary>In whole milliseconds: waits are cut down to them, and one of none at all is no rest.</summary>
    private void Wait(TimeSpan rest)
    {
        TimeSpan whole = TimeSpan.FromMilliseconds(Math.Ceiling(rest.TotalMilliseconds));
        _gate.Pause(whole < _restMax ? whole : _restMax);
    }
}
