namespace Persistence.CrashKit.Simulation;

/// <summary>A clock that goes on by a microsecond whenever somebody looks at it: the same times in every run.</summary>
internal sealed class SimulatedClock(long startTicks = SimulatedClock.DefaultStart) : TimeProvider
{
    public const long DefaultStart = 638_900_000_000_000_000;

    private long _ticks = startTicks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => new(Interlocked.Add(ref _ticks, TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);

    public override long GetTimestamp() => Interlocked.Add(ref _ticks, TimeSpan.TicksPerMicrosecond);
}
