namespace Persistence.State;

/// <summary>The time unit of every format: 100 ns since 1970-01-01 UTC.</summary>
public static class Timestamps
{
    /// <summary>Now, in the formats' unit.</summary>
    public static long GetTimestamp100Ns(this TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(clock);
        return clock.GetUtcNow().UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks;
    }

    /// <summary>The instant a stored time stands for; times outside the calendar become its nearest end.</summary>
    public static DateTimeOffset ToInstant(long timestamp100Ns)
    {
        long ticks = Math.Clamp(
            timestamp100Ns,
            -DateTimeOffset.UnixEpoch.UtcTicks,
            DateTimeOffset.MaxValue.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks);
        return DateTimeOffset.UnixEpoch.AddTicks(ticks);
    }
}
