using Persistence.CrashKit.Soak;
using Xunit;

namespace Persistence.CrashKit.Tests.Soak;

public sealed class FlatnessRuleTests
{
    private const long Mebibyte = 1 << 20;

    private static FlatnessRule Rule { get; } = new() { TimeMin = TimeSpan.FromSeconds(60), SamplesMin = 5, ToleranceShare = 0.2, ToleranceBytes = 16 * Mebibyte };

    [Fact]
    public void What_goes_up_and_down_is_flat() => AssertFlat(second => 50 + (second % 7 * 5));

    [Fact]
    public void What_takes_its_size_in_the_first_quarter_is_flat() => AssertFlat(second => Math.Min(second * 10, 250));

    [Fact]
    public void Single_peaks_are_no_growth() => AssertFlat(second => second % 10 == 9 ? 5000 : 50);

    [Fact]
    public void What_grows_by_no_more_than_is_tolerated_is_flat() => AssertFlat(second => second < 50 ? 50 : 66);

    [Fact]
    public void Of_much_the_share_is_tolerated() => AssertFlat(second => second < 50 ? 1000 : 1200);

    [Fact]
    public void A_leak_is_found()
    {
        Flatness judged = Judge(second => 50 + (second * 0.5));
        Assert.True(judged.IsGrowing);
        Assert.Equal(judged.EarlierBytes + (16 * Mebibyte), judged.AllowedBytes);
        Assert.Contains("it: 68.5 MiB in the second quarter, 94.0 MiB in the last, 84.5 MiB allowed", judged.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_leak_under_a_sawtooth_is_found() => Assert.True(Judge(second => 50 + (second * 0.5) + (second % 7 * 5)).IsGrowing);

    [Fact]
    public void A_step_in_the_second_half_is_found() => Assert.True(Judge(second => second < 60 ? 50 : 70).IsGrowing);

    [Fact]
    public void What_shrinks_is_flat() => AssertFlat(second => 500 - second);

    [Fact]
    public void Too_short_a_time_is_not_judged()
    {
        Flatness judged = Rule.Judge("it", Samples(59, second => second * 100));
        Assert.False(judged.IsGrowing);
        Assert.Equal("it, because 58 s are too short; 60 s are needed", judged.ToString());
        Assert.NotNull(Rule.Judge("it", []).WhyNotJudged);
    }

    [Fact]
    public void Too_few_samples_in_a_quarter_are_not_judged()
    {
        (TimeSpan At, long Bytes)[] few = [.. Samples(100, second => second * 100).Where(sample => sample.At.TotalSeconds is < 25 or > 45)];
        Assert.Contains("4 samples in a quarter are too few", Rule.Judge("it", few).WhyNotJudged, StringComparison.Ordinal);
    }

    [Fact]
    public void Young_workers_and_the_oldest_one_are_told_apart()
    {
        // Each life begins small; the second one is long, and leaks.
        SoakSample[] samples =
        [
            .. Enumerable.Range(0, 30).Select(second => Sample(second, life: 0, age: second, megabytes: 50)),
            .. Enumerable.Range(30, 100).Select(second => Sample(second, life: 1, age: second - 30, megabytes: second - 30 < 15 ? 1 : second)),
            .. Enumerable.Range(130, 70).Select(second => Sample(second, life: 2, age: second - 130, megabytes: second - 130 < 15 ? 1 : 50)),
        ];
        SoakOptions options = SoakResultTests.Options;
        IReadOnlyList<Flatness> judged = FlatnessJudge.Judge(options, samples);
        Assert.Equal([false, true, false, false], judged.Select(flatness => flatness.IsGrowing));
        Assert.All(judged, flatness => Assert.Null(flatness.WhyNotJudged));
        Assert.Equal(30 + 15 + 21 + 10, judged[1].EarlierBytes / Mebibyte);
    }

    private static void AssertFlat(Func<int, double> megabytes)
    {
        Flatness judged = Judge(megabytes);
        Assert.Null(judged.WhyNotJudged);
        Assert.False(judged.IsGrowing, judged.ToString());
    }

    private static Flatness Judge(Func<int, double> megabytes) => Rule.Judge("it", Samples(101, megabytes));

    private static IReadOnlyList<(TimeSpan At, long Bytes)> Samples(int count, Func<int, double> megabytes) =>
        [.. Enumerable.Range(0, count).Select(second => (TimeSpan.FromSeconds(second), (long)(megabytes(second) * Mebibyte)))];

    private static SoakSample Sample(int second, int life, int age, long megabytes) =>
        new(TimeSpan.FromSeconds(second), life, TimeSpan.FromSeconds(age), megabytes * Mebibyte, 50 * Mebibyte, Mebibyte);
}
