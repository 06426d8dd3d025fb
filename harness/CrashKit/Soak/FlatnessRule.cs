namespace Persistence.CrashKit.Soak;

/// <summary>
/// What counts as growing: the median of the last quarter of the time is above that of the second quarter by more than is tolerated. The first quarter is
/// when caches and heaps take their size; medians, because single samples say when the last collection was.
/// </summary>
public sealed record FlatnessRule
{
    private const int Quarters = 4;

    /// <summary>Shorter than this says nothing.</summary>
    public TimeSpan TimeMin { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Fewer samples than this in either quarter say nothing.</summary>
    public int SamplesMin { get; init; } = 5;

    /// <summary>Samples of a worker younger than this say nothing about its memory.</summary>
    public TimeSpan WarmUp { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How much more is no growth, as a share of the second quarter's median.</summary>
    public double ToleranceShare { get; init; } = 0.2;

    /// <summary>How much more is no growth, in bytes; the larger of the two counts.</summary>
    public required long ToleranceBytes { get; init; }

    /// <summary>Judges samples in the order of time.</summary>
    /// <param name="what">What they are of.</param>
    /// <param name="samples">When and how much.</param>
    public Flatness Judge(string what, IReadOnlyList<(TimeSpan At, long Bytes)> samples)
    {
        ArgumentNullException.ThrowIfNull(samples);
        TimeSpan time = samples.Count == 0 ? TimeSpan.Zero : samples[^1].At - samples[0].At;
        if (time < TimeMin)
            return new Flatness(what) { WhyNotJudged = $"{time.TotalSeconds:F0} s are too short; {TimeMin.TotalSeconds:F0} s are needed" };
        long[] earlier = [.. Quarter(samples, 1)];
        long[] later = [.. Quarter(samples, Quarters - 1)];
        if (Math.Min(earlier.Length, later.Length) < SamplesMin)
            return new Flatness(what) { WhyNotJudged = $"{Math.Min(earlier.Length, later.Length)} samples in a quarter are too few; {SamplesMin} are needed" };
        long before = Median(earlier);
        return new Flatness(what)
        {
            EarlierBytes = before,
            LaterBytes = Median(later),
            AllowedBytes = before + Math.Max(ToleranceBytes, (long)(before * ToleranceShare)),
        };
    }

    private static IEnumerable<long> Quarter(IReadOnlyList<(TimeSpan At, long Bytes)> samples, int quarter)
    {
        TimeSpan length = (samples[^1].At - samples[0].At) / Quarters;
        TimeSpan from = samples[0].At + (length * quarter);
        bool isLast = quarter == Quarters - 1;
        return samples.Where(sample => sample.At >= from && (isLast || sample.At < from + length)).Select(sample => sample.Bytes);
    }

    private static long Median(long[] values)
    {
        Array.Sort(values);
        return values[values.Length / 2];
    }
}
