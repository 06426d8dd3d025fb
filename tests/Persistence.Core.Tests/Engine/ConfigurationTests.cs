using Persistence.Checkpoints;
using Persistence.Configuration;
using Persistence.Diagnostics;
using Xunit;

namespace Persistence.Tests.Engine;

public sealed class ConfigurationTests
{
    private static readonly StoreOptions Defaults = new();

    public static TheoryData<string, long, long> Ranges => new()
    {
        { nameof(StoreOptions.FlushIntervalMs), 1, 60_000 },
        { nameof(StoreOptions.SegmentBytes), 32 << 10, 1 << 30 },
        { nameof(StoreOptions.FrameBytesMax), 4 << 10, 64 << 20 },
        { nameof(StoreOptions.SpareSegments), 0, 16 },
        { nameof(StoreOptions.SegmentAgeMaxSeconds), 0, 315_360_000 },
        { nameof(StoreOptions.CheckpointLogBytes), 0, long.MaxValue },
        { nameof(StoreOptions.CheckpointCloseBytes), 0, long.MaxValue },
        { nameof(StoreOptions.CheckpointIntervalSeconds), 0, 315_360_000 },
        { nameof(StoreOptions.CheckpointTransactions), 0, long.MaxValue },
        { nameof(StoreOptions.CheckpointsRetained), 1, 64 },
        { nameof(StoreOptions.LogRetainBytes), 0, long.MaxValue },
        { nameof(StoreOptions.LogRetainSegments), 0, int.MaxValue },
        { nameof(StoreOptions.LogRetainSeconds), 0, 315_360_000 },
        { nameof(StoreOptions.CompressionLevel), 1, 19 },
        { nameof(StoreOptions.LockTimeoutMs), 0, 3_600_000 },
        { nameof(StoreOptions.QuarantineFilesMax), 1, 10_000 },
        { nameof(StoreOptions.QuarantineBytesMax), 0, long.MaxValue },
        { nameof(StoreOptions.MarkerDelayMs), 0, 10_000 },
        { nameof(StoreOptions.ReserveBallastBytes), 64 << 10, 1L << 40 },
    };

    [Theory]
    [MemberData(nameof(Ranges))]
    public void An_option_takes_its_range_and_nothing_else(string name, long least, long most)
    {
        Set(name, least);
        Set(name, most);
        AssertRefused(name, least - 1);
        if (most < int.MaxValue)
            AssertRefused(name, most + 1);
    }

    [Theory]
    [InlineData(nameof(StoreOptions.SegmentBytes), (64 << 10) + 512)]
    [InlineData(nameof(StoreOptions.SectorBytes), 1024)]
    [InlineData(nameof(StoreOptions.SectorBytes), 0)]
    public void An_option_that_must_be_a_multiple_is_refused_when_it_is_not(string name, long value) => AssertRefused(name, value);

    [Fact]
    public void Every_numeric_option_is_in_the_table_of_ranges()
    {
        IEnumerable<string> numeric = typeof(StoreOptions).GetProperties()
            .Where(property => property.PropertyType == typeof(int) || property.PropertyType == typeof(long))
            .Select(property => property.Name);
        Assert.Equal(numeric.Order(), Ranges.Select(row => row.Data.Item1).Append(nameof(StoreOptions.SectorBytes)).Order());
    }

    [Theory]
    [InlineData(0, 0, 0, 1_000_000, 1, 1_000_000, false)]
    [InlineData(100, 0, 0, 99, 1, 0, false)]
    [InlineData(100, 0, 0, 100, 1, 0, true)]
    [InlineData(100, 0, 0, 100, 0, 0, false)]
    [InlineData(0, 5, 0, 0, 4, 0, false)]
    [InlineData(0, 5, 0, 0, 5, 0, true)]
    [InlineData(0, 0, 60, 0, 1, 59, false)]
    [InlineData(0, 0, 60, 0, 1, 60, true)]
    [InlineData(0, 0, 60, 0, 0, 600, false)]
    public void A_checkpoint_is_due_by_bytes_commits_or_time_and_never_without_a_change(
        long logBytesMax, long transactions, int intervalSeconds, long logBytes, long commits, int seconds, bool due)
    {
        StoreOptions options = Defaults with { CheckpointLogBytes = logBytesMax, CheckpointTransactions = transactions, CheckpointIntervalSeconds = intervalSeconds };
        Assert.Equal(due, CheckpointPolicy.IsDue(options, logBytes, commits, TimeSpan.FromSeconds(seconds)));
    }

    [Theory]
    [InlineData(100, 100, false)]
    [InlineData(100, 101, true)]
    [InlineData(0, 0, false)]
    [InlineData(0, 1, true)]
    [InlineData(long.MaxValue, long.MaxValue, false)]
    public void A_close_takes_a_checkpoint_when_more_log_has_gathered_than_allowed(long closeBytes, long logBytes, bool due) =>
        Assert.Equal(due, CheckpointPolicy.IsDueAtClose(Defaults with { CheckpointCloseBytes = closeBytes }, logBytes));

    private static void AssertRefused(string name, long value)
    {
        StoreException refused = Assert.ThrowsAny<StoreException>(() => Set(name, value));
        Assert.Equal(StoreError.ConfigurationInvalid, refused.Error);
        Assert.Contains(name, refused.Message, StringComparison.Ordinal);
    }

    private static void Set(string name, long value)
    {
        System.Reflection.PropertyInfo property = typeof(StoreOptions).GetProperty(name)!;
        try
        {
            property.SetValue(new StoreOptions(), property.PropertyType == typeof(int) ? (object)checked((int)value) : value);
        }
        catch (System.Reflection.TargetInvocationException e)
        {
            throw e.InnerException!;
        }
    }
}
