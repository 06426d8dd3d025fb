using Persistence.CrashKit.Soak;
using Xunit;

namespace Persistence.CrashKit.Tests.Soak;

public sealed class SampleSeriesTests
{
    [Fact]
    public void However_many_there_are_few_are_kept_over_the_whole_time()
    {
        SampleSeries series = new(TimeSpan.FromSeconds(1), capacity: 16);
        TimeSpan now = TimeSpan.Zero;
        while (now < TimeSpan.FromHours(1))
        {
            series.Add(new SoakSample(now, 0, now, 1, 2, 3));
            now += series.Interval;
        }

        Assert.InRange(series.Samples.Count, 8, 16);
        Assert.Equal(TimeSpan.Zero, series.Samples[0].At);
        Assert.True(series.Samples[^1].At >= TimeSpan.FromMinutes(50));
        Assert.All(series.Samples.Zip(series.Samples.Skip(1)), pair => Assert.Equal(series.Interval, pair.Second.At - pair.First.At));
    }
}
