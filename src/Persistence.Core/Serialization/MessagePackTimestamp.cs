namespace Persistence.Serialization;

/// <summary>A MessagePack timestamp (extension type −1): a point in time, wider and finer than <see cref="DateTimeOffset"/>.</summary>
/// <param name="Seconds">Whole seconds since 1970-01-01T00:00:00Z, negative before.</param>
/// <param name="Nanoseconds">Nanoseconds to add, 0 to 999,999,999.</param>
public readonly record struct MessagePackTimestamp(long Seconds, uint Nanoseconds)
{
    /// <summary>The largest value of <see cref="Nanoseconds"/>.</summary>
    public const uint NanosecondsMax = 999_999_999;

    private const int NanosecondsPerTick = 100;

    /// <summary>The timestamp of a point in time, exactly.</summary>
    public static MessagePackTimestamp From(DateTimeOffset time)
    {
        long ticks = time.UtcTicks - DateTime.UnixEpoch.Ticks;
        long seconds = Math.DivRem(ticks, TimeSpan.TicksPerSecond, out long rest);
        if (rest < 0)
            (seconds, rest) = (seconds - 1, rest + TimeSpan.TicksPerSecond);
        return new MessagePackTimestamp(seconds, (uint)(rest * NanosecondsPerTick));
    }

    /// <summary>The point in time in UTC, cut to 100 ns; false when it lies outside the years 1 to 9999.</summary>
    public bool TryGetTime(out DateTimeOffset time)
    {
        bool fits = Seconds >= DateTimeOffset.MinValue.ToUnixTimeSeconds() && Seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds();
        time = fits ? DateTimeOffset.FromUnixTimeSeconds(Seconds).AddTicks(Nanoseconds / NanosecondsPerTick) : default;
        return fits;
    }
}
