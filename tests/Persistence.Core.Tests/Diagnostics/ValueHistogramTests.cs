using Persistence.Diagnostics;
using Xunit;

namespace Persistence.Tests.Diagnostics;

public sealed class ValueHistogramTests
{
    [Fact]
    public void Without_values_everything_is_zero() => Assert.Equal(default, new ValueHistogram().Summarize());

    [Fact]
    public void Below_sixteen_percentiles_are_exact()
    {
        ValueHistogram histogram = new();
        for (int i = 0; i < 98; i++)
            histogram.Add(i % 2 == 0 ? 3 : 7);
        histogram.Add(12);
        histogram.Add(15);
        Distribution told = histogram.Summarize();
        Assert.Equal(100, told.Count);
        Assert.Equal(7, told.P50);
        Assert.Equal(12, told.P99);
        Assert.Equal(15, told.Max);
        Assert.Equal(((49 * 3) + (49 * 7) + 12 + 15) / 100.0, told.Mean, precision: 10);
    }

    [Theory]
    [InlineData(16)]
    [InlineData(4096)]
    [InlineData(1_000_003)]
    [InlineData(long.MaxValue)]
    public void One_value_is_told_exactly_however_large(long value)
    {
        ValueHistogram histogram = new();
        histogram.Add(value);
        Assert.Equal(new Distribution(1, value, value, value, value), histogram.Summarize());
    }

    [Fact]
    public void Values_that_repeat_are_told_exactly()
    {
        ValueHistogram histogram = new();
        for (int i = 0; i < 100; i++)
            histogram.Add(i < 60 ? 4096 : 12_345);
        Assert.Equal((4096, 12_345), (histogram.Summarize().P50, histogram.Summarize().P99));
    }

    [Fact]
    public void Percentiles_are_within_a_sixteenth_of_the_exact_ones()
    {
        Random random = new(1);
        long[] values = [.. Enumerable.Range(0, 10_000).Select(_ => (long)Math.Exp(random.NextDouble() * 30))];
        ValueHistogram histogram = new();
        foreach (long value in values)
            histogram.Add(value);
        Array.Sort(values);
        Distribution told = histogram.Summarize();
        foreach ((double percentile, long exact) in new[] { (told.P50, values[4999]), (told.P99, values[9899]) })
            Assert.InRange(percentile, exact, exact * (1 + (1 / 16.0)));
        Assert.Equal(values[^1], told.Max);
        Assert.Equal(values.Average(), told.Mean, values.Average() * 1e-9);
    }

    [Fact]
    public void One_that_forgets_tells_of_the_last_values()
    {
        ValueHistogram histogram = new(windowCount: 100);
        for (int i = 0; i < 1000; i++)
            histogram.Add(1_000_000);
        for (int i = 0; i < 150; i++)
            histogram.Add(5);
        Assert.Equal(new Distribution(150, 5, 5, 5, 5), histogram.Summarize());
        for (int i = 0; i < 49; i++)
            histogram.Add(6);
        Assert.Equal(new Distribution(199, ((150 * 5) + (49 * 6)) / 199.0, 5, 6, 6), histogram.Summarize());
        histogram.Add(6);
        Assert.Equal(new Distribution(100, 5.5, 5, 6, 6), histogram.Summarize());
    }

    [Fact]
    public void A_unit_divides_values_and_not_their_number()
    {
        ValueHistogram histogram = new();
        histogram.Add(8);
        histogram.Add(8);
        Assert.Equal(new Distribution(2, 2, 2, 2, 2), histogram.Summarize(4));
    }
}
