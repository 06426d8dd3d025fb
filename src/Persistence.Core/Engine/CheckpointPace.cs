using Persistence.Platform;

namespace Persistence.Engine;

/// <summary>
/// Keeps a checkpoint from taking the disk and the processor away from commits: while there are any, after every few milliseconds of work it rests for twice as long.
/// Without commits it goes on at once.
/// </summary>
internal sealed class CheckpointPace
{
    private const int RestPerWork = 2;
    // Shorter rests are not to be had.
    private static readonly TimeSpan _workMin = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan _restMax = TimeSpan.FromMilliseconds(100);

    private readonly StoreHost _host;
    private readonly Func<long> _commits;
    private readonly IGate _gate;
    private long _began;
    private long _commitsSeen;

    /// <param name="host">Time, and waits.</param>
    /// <param name="commits">How many commits there have been.</param>
    public CheckpointPace(StoreHost host, Func<long> commits)
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
        if (_commits() != _commitsSeen)
            Wait(RestPerWork * worked);
        Begin();
    }

    private void Wait(TimeSpan rest)
    {
        _gate.Enter();
        _gate.Wait(rest < _restMax ? rest : _restMax);
        _gate.Exit();
    }
}
