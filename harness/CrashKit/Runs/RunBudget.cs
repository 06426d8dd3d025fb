using System.Diagnostics;

namespace Persistence.CrashKit.Runs;

/// <summary>How much is left to do. Thread-safe.</summary>
internal sealed class RunBudget
{
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private readonly TimeSpan? _duration;
    private int _killsLeft;

    public RunBudget(int? kills, TimeSpan? duration)
    {
        _killsLeft = kills ?? int.MaxValue;
        _duration = duration;
    }

    public TimeSpan Elapsed => _watch.Elapsed;

    /// <summary>Takes one kill from the budget.</summary>
    public bool TryTakeKill() =>
        (_duration is null || _watch.Elapsed < _duration)
        && Interlocked.Decrement(ref _killsLeft) >= 0;
}
