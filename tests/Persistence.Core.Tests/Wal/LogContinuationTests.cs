using Persistence.State;
using Persistence.Wal;
using Xunit;

namespace Persistence.Tests.Wal;

/// <summary>Three segments of 32 KiB: the log ended at 20,000 in the one before them, at 50,000 in the first and at 90,000 in the second.</summary>
public sealed class LogContinuationTests
{
    private static readonly FrameLink Before = new(new Lsn(19_000), 7);
    private static readonly SegmentInfo[] Segments = [Segment(3, 32_768, 20_000, Before), Segment(4, 65_536, 50_000, default), Segment(5, 98_304, 90_000, default)];

    [Theory]
    [InlineData(0, 0, false)]
    [InlineData(1, 0, true)]
    [InlineData(19_999, 0, true)]
    [InlineData(20_000, 0, false)]
    [InlineData(33_000, 0, false)]
    [InlineData(49_999, 0, false)]
    [InlineData(50_000, 1, false)]
    [InlineData(60_000, 1, false)]
    [InlineData(89_999, 1, false)]
    [InlineData(90_000, 2, false)]
    [InlineData(200_000, 2, false)]
    [InlineData(long.MaxValue, 2, false)]
    public void It_is_in_the_first_segment_that_does_not_end_before_the_position(long from, int index, bool isLost)
    {
        LogContinuation found = LogContinuation.Find(Segments, new Lsn(from), last: null);
        Assert.Equal((index, isLost), (found.Index, found.Lost is not null));
        if (isLost)
            Assert.Equal((new Lsn(from), new Lsn(32_768 + SegmentHeader.Bytes)), (found.Lost!.From, found.Lost.To));
    }

    [Fact]
    public void Nothing_is_lost_where_the_oldest_segment_follows_the_frame_that_was_read_last()
    {
        Assert.Null(LogContinuation.Find(Segments, new Lsn(10_000), Before).Lost);
        Assert.NotNull(LogContinuation.Find(Segments, new Lsn(10_000), Before with { Chain = 8 }).Lost);
    }

    private static SegmentInfo Segment(long sequence, long first, long previousEnd, FrameLink previous)
    {
        SegmentHeader header = new()
        {
            Sequence = sequence,
            FirstLsn = new Lsn(first),
            SizeBytes = 32 << 10,
            PreviousSequence = sequence - 1,
            PreviousEnd = new Lsn(previousEnd),
            PreviousLink = previous,
        };
        return new SegmentInfo(sequence, $"wal/{sequence}", header.SizeBytes, header);
    }
}
