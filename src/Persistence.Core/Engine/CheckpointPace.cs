using Persistence.Platform;

namespace Persistence.Engine;

/// <summary>
/// Keeps a checkpoint from taking the disk and the processor away from commits: while there are any, it rests after each piece for as long as the piece took.
/// Without commits it goes on at once.
/// </summary>
internal sealed class CheckpointPace
{
    private const int PieceBytes = 1 << 20;
    private static readonly TimeSpan _restMax = TimeSpan.FromMilliseconds(100);

    private readonly StoreHost _host;
    private readonly Func<long> _commits;
    private readonly IGate _gate;
    private long _began;
    private long _commitsSeen;
    private long _bytes;

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
        _bytes = 0;
        _commitsSeen = _commits();
        _began = _host.Clock.GetTimestamp();
    }

    /// <summary>So much more was gone through.</summary>
    public void Rest(int bytes)
    {
        _bytes += bytes;
        if (_bytes < PieceBytes)
            return;
        if (_commits() != _commitsSeen)
            Wait(_host.Clock.GetElapsedTime(_began));
        Begin();
    }

    private void Wait(TimeSpan rest)
    {
        _gate.Enter();
        _gate.Wait(rest < _restMax ? rest : _restMax);
        _gate.Exit();
    }
}
