namespace Persistence.CrashKit.Simulation;

/// <summary>A clock that goes on by a microsecond whenever somebody looks at it, and by more when it is moved: the same times in every run.</summary>
internal sealed class SimulatedClock(long startTicks = SimulatedClock.DefaultStart) : TimeProvider
{
    public const long DefaultStart = 638_900_000_000_000_000;

    private long _ticks = startTicks;
    private long _wallOffset;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>What it shows, without going on.</summary>
    public long Ticks => Volatile.Read(ref _ticks);

    public override DateTimeOffset GetUtcNow() => new(Interlocked.Add(ref _ticks, TimeSpan.TicksPerMicrosecond) + Volatile.Read(ref _wallOffset), TimeSpan.Zero);

    public override long GetTimestamp() => Interlocked.Add(ref _ticks, TimeSpan.TicksPerMicrosecond);

    /// <summary>Time passes until then, if it is not later already.</summary>
    public void MoveTo(long ticks) => Volatile.Write(ref _ticks, Math.Max(ticks, Ticks));

    /// <summary>Somebody sets the wall clock, forwards or back.</summary>
    public void Jump(TimeSpan by) => Interlocked.Add(ref _wallOffset, by.Ticks);
}
