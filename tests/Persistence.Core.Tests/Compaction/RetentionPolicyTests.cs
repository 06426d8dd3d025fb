using Persistence.Compaction;
using Persistence.State;
using Persistence.Wal;
using Xunit;

namespace Persistence.Tests.Compaction;

/// <summary>Segments 1 to 5 of 100 bytes each, at positions 0, 100, 200, 300 and 400, begun at the moments 10, 20, 30, 40 and 50.</summary>
public sealed class RetentionPolicyTests
{
    [Theory]
    [InlineData(0, 5, 0, "")]
    [InlineData(99, 5, 0, "")]
    [InlineData(100, 5, 0, "1")]
    [InlineData(250, 5, 0, "1 2")]
    [InlineData(500, 5, 0, "1 2 3 4")]
    [InlineData(9000, 5, 0, "1 2 3 4")]
    [InlineData(500, 3, 0, "1 2")]
    [InlineData(500, 5, 500, "")]
    [InlineData(500, 5, 499, "1")]
    [InlineData(500, 5, 250, "1 2 3")]
    [InlineData(150, 5, 250, "1")]
    public void Segments_below_what_is_needed_go_oldest_first_until_few_enough_bytes_are_left(long neededFrom, long active, long retainBytes, string expected) =>
        Assert.Equal(expected, Choose(neededFrom, active, new LogRetention(retainBytes, 0, long.MinValue), damaged: []));

    [Theory]
    [InlineData(500, 5, "")]
    [InlineData(500, 4, "1")]
    [InlineData(500, 1, "1 2 3 4")]
    [InlineData(250, 1, "1 2")]
    public void So_many_segments_are_kept_at_most(long neededFrom, int retainSegments, string expected) =>
        Assert.Equal(expected, Choose(neededFrom, 5, new LogRetention(long.MaxValue, retainSegments, long.MinValue), damaged: []));

    [Theory]
    [InlineData(500, 19, "")]
    [InlineData(500, 20, "1")]
    [InlineData(500, 45, "1 2 3")]
    [InlineData(500, 99, "1 2 3 4")]
    [InlineData(150, 99, "1")]
    public void A_segment_is_too_old_when_the_next_one_had_begun_by_then(long neededFrom, long since, string expected) =>
        Assert.Equal(expected, Choose(neededFrom, 5, new LogRetention(long.MaxValue, 0, since), damaged: []));

    [Theory]
    [InlineData(250, 1, "1 2")]
    [InlineData(250, 2, "1 2")]
    [InlineData(250, 3, "1 2")]
    [InlineData(300, 3, "1 2 3")]
    [InlineData(50, 1, "")]
    [InlineData(500, 5, "1 2 3 4")]
    public void A_segment_without_a_valid_header_stops_retention_only_where_it_may_be_needed(long neededFrom, long damaged, string expected) =>
        Assert.Equal(expected, Choose(neededFrom, 5, new LogRetention(0, 0, long.MinValue), [damaged]));

    private static string Choose(long neededFrom, long active, LogRetention retention, long[] damaged)
    {
        SegmentInfo[] segments = [.. Enumerable.Range(1, 5).Select(sequence => new SegmentInfo(
            sequence, $"wal/{sequence}", 100, damaged.Contains(sequence) ? null : new SegmentHeader { Sequence = sequence, FirstLsn = new Lsn((sequence - 1) * 100), SizeBytes = 100, Created = sequence * 10 }))];
        return string.Join(' ', RetentionPolicy.ChooseRetired(segments, new Lsn(neededFrom), active, retention).Select(segment => segment.Sequence));
    }
}
