using Persistence.Checkpoints;
using Persistence.Configuration;
using Persistence.Diagnostics;
using Xunit;

namespace Persistence.Tests.Engine;

public sealed class ConfigurationTests
{
    private static readonly StoreOptions Defaults = new();

    /// <summary>The table of keys says what an option takes, and the option takes that: a caller who sets it without a file is held to the same.</summary>
    public static TheoryData<string, long, long> Ranges =>
        [.. ConfigurationKeys.All.OfType<IntegerKey>().Where(key => IsOfStore(key.Option)).Select(key => new TheoryDataRow<string, long, long>(key.Option, key.Least, key.Most))];

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
    public void An_option_that_is_a_list_is_refused_for_each_of_its_items()
    {
        Assert.Equal(256, (Defaults with { TerminalSecretPatterns = NamePatterns.From(Enumerable.Repeat(new string('x', 256), 256)) }).TerminalSecretPatterns.Count);
        Assert.Empty((Defaults with { TerminalSecretPatterns = [] }).TerminalSecretPatterns);
        foreach (NamePatterns none in (NamePatterns[])[["a", ""], [new string('x', 257)], ["a\n"], ["\uDC00"], NamePatterns.From(Enumerable.Repeat("a", 257))])
        {
            StoreException refused = Assert.ThrowsAny<StoreException>(() => Defaults with { TerminalSecretPatterns = none });
            Assert.Equal(StoreError.ConfigurationInvalid, refused.Error);
            Assert.Contains(nameof(StoreOptions.TerminalSecretPatterns), refused.Message, StringComparison.Ordinal);
        }
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

    private static bool IsOfStore(string option) => typeof(StoreOptions).GetProperty(option) is not null;

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
