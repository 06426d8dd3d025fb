using Persistence.Compaction;
using Persistence.Configuration;
using Xunit;

namespace Persistence.Tests.Compaction;

public class CompactionPolicyTests
{
    [Theory]
    [InlineData(new long[0], 99, 100, 50, 60, null)]
    [InlineData(new long[] { 1000 }, 99, 100, 50, 60, null)]
    [InlineData(new long[] { 1000, 99 }, 59, 100, 50, 60, null)]
    [InlineData(new long[] { 1000, 60, 40 }, 0, 100, 50, 60, CompactionReason.Size)]
    [InlineData(new long[] { 1000_000, 60_000, 40_000 }, 0, 0, 10, 60, CompactionReason.Ratio)]
    [InlineData(new long[] { 1000_000, 60_000, 39_999 }, 0, 0, 10, 60, null)]
    [InlineData(new long[] { 1000, 65_535 }, 0, 0, 10, 60, null)]
    [InlineData(new long[] { 1000, 65_536 }, 0, 0, 10, 60, CompactionReason.Ratio)]
    [InlineData(new long[] { 1000, 1 }, 60, 0, 0, 60, CompactionReason.Age)]
    [InlineData(new long[] { 1000, 9000 }, 9999, 0, 0, 0, null)]
    public void Increments_are_merged_when_they_are_many_large_or_old(long[] chain, int ageSeconds, long sizeBytes, int ratioPercent, int ageMaxSeconds, CompactionReason? expected)
    {
        StoreOptions options = new() { CompactionSizeBytes = sizeBytes, CompactionRatioPercent = ratioPercent, CompactionAgeSeconds = ageMaxSeconds };
        Assert.Equal(expected, CompactionPolicy.FindReason(options, chain, TimeSpan.FromSeconds(ageSeconds)));
    }
}
