using Persistence.CrashKit.Corruption;
using Xunit;

namespace Persistence.CrashKit.Tests.Corruption;

/// <summary>Where a log may end before its end: five frames at 4096, 4608, …, one sector each.</summary>
public sealed class PrefixRuleTests
{
    private const int Sector = 512;
    private const int First = 4096;

    /// <summary>Each frame was written when everything before it was synced.</summary>
    [Theory]
    [InlineData("+++++", null)]
    [InlineData("++++-", 4)]
    [InlineData("+++--", 3)]
    [InlineData("-----", 0)]
    [InlineData("+++-+", null)]
    [InlineData("+-+--", null)]
    [InlineData("-+---", null)]
    public void Damage_up_to_the_end_may_end_the_log_and_damage_below_an_intact_frame_may_not(string frames, int? end) =>
        Assert.Equal(end, Find(frames, synced: frame => frame));

    /// <summary>Nothing was synced before the last frame was written, and it says so.</summary>
    [Theory]
    [InlineData("+-+++", 1)]
    [InlineData("-++++", 0)]
    [InlineData("+++-+", 3)]
    public void A_frame_above_that_did_not_wait_for_the_damaged_one_proves_nothing(string frames, int? end) =>
        Assert.Equal(end, Find(frames, synced: _ => 0));

    /// <summary>The third frame's writer knew that the first was synced, not that the second was.</summary>
    [Fact]
    public void A_frame_above_proves_only_what_was_synced_before_it()
    {
        Assert.Equal(1, Find("+-+--", synced: _ => 1));
        Assert.Null(Find("-++--", synced: _ => 1));
    }

    [Theory]
    [InlineData(0, 3)]
    [InlineData(3, 3)]
    [InlineData(4, null)]
    public void What_ROOT_says_is_durable_may_not_be_missing(int floor, int? end) => Assert.Equal(end, Find("+++--", floor: floor));

    [Fact]
    public void After_a_clean_close_nothing_may_be_missing() => Assert.Null(Find("++++-", isClosed: true));

    [Fact]
    public void In_a_file_that_is_short_or_has_no_header_nothing_ends_the_log() => Assert.Null(Find("++++-", isFileWhole: false));

    /// <summary>What a checkpoint holds is not read: damage there is nothing, and what follows it is judged by itself.</summary>
    [Theory]
    [InlineData("-++++", 1, null)]
    [InlineData("-+++-", 1, 4)]
    [InlineData("--+--", 2, 3)]
    [InlineData("-----", 3, 3)]
    [InlineData("-----", 5, null)]
    public void What_lies_below_a_checkpoint_does_not_count(string frames, int from, int? end) => Assert.Equal(end, Find(frames, from: from));

    /// <returns>The number of the first frame that may be missing.</returns>
    private static int? Find(string intact, Func<int, int>? synced = null, int from = 0, int floor = 0, bool isClosed = false, bool isFileWhole = true)
    {
        synced ??= frame => frame;
        LogFrame[] frames = [.. intact.Select((_, frame) => new LogFrame(LsnOf(frame), 100, LsnOf(synced(frame))))];
        long? end = PrefixRule.FindEnd(frames, [.. intact.Select(frame => frame == '+')], LsnOf(from), LsnOf(floor), isClosed, isFileWhole);
        return end is long lsn ? (int)(lsn - First) / Sector : null;
    }

    private static long LsnOf(int frame) => First + (frame * Sector);
}
