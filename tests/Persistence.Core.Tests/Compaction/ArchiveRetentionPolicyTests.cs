using Persistence.Compaction;
using Persistence.Compression;
using Persistence.State;
using Xunit;

namespace Persistence.Tests.Compaction;

/// <summary>Archived segments 1 to 4 of 100 positions each, in files of 10 bytes, whose last records are of the moments 10, 20, 30 and 40.</summary>
public sealed class ArchiveRetentionPolicyTests
{
    [Theory]
    [InlineData(0, 0, 0, "")]
    [InlineData(4, 0, 0, "")]
    [InlineData(3, 0, 0, "1")]
    [InlineData(1, 0, 0, "1 2 3")]
    [InlineData(0, 40, 0, "")]
    [InlineData(0, 39, 0, "1")]
    [InlineData(0, 20, 0, "1 2")]
    [InlineData(0, 1, 0, "1 2 3 4")]
    [InlineData(0, 0, 10, "")]
    [InlineData(0, 0, 11, "1")]
    [InlineData(0, 0, 40, "1 2 3")]
    [InlineData(0, 0, 41, "1 2 3 4")]
    [InlineData(3, 20, 0, "1 2")]
    [InlineData(3, 0, 31, "1 2 3")]
    public void Whatever_exceeds_any_limit_goes_oldest_first(int files, long bytes, long since, string expected) =>
        Assert.Equal(expected, Choose(neededFrom: 400, inLog: [], files, bytes, since));

    [Theory]
    [InlineData(400, "", "1 2 3 4")]
    [InlineData(399, "", "1 2 3")]
    [InlineData(150, "", "1")]
    [InlineData(100, "", "1")]
    [InlineData(99, "", "")]
    [InlineData(0, "", "")]
    [InlineData(0, "1", "1")]
    [InlineData(0, "1 2", "1 2")]
    [InlineData(0, "2", "")]
    [InlineData(150, "2 3 4", "1 2 3 4")]
    public void What_recovery_may_need_and_the_log_lacks_stays_whatever_the_limits(long neededFrom, string inLog, string expected) =>
        Assert.Equal(expected, Choose(neededFrom, [.. inLog.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(long.Parse)], files: 0, bytes: 1, since: 0));

    private static string Choose(long neededFrom, long[] inLog, int files, long bytes, long since)
    {
        ArchivedSegmentFile[] all = [.. Enumerable.Range(1, 4).Select(sequence => new ArchivedSegmentFile(
            new ArchiveName(1, sequence, new Lsn((sequence - 1) * 100), new Lsn(sequence * 100), CodecId.None), 10, sequence * 10))];
        ArchiveRetention retention = new(files, bytes, since == 0 ? long.MinValue : since);
        return string.Join(' ', ArchiveRetentionPolicy.ChooseRemoved(all, new Lsn(neededFrom), long.MaxValue, new HashSet<long>(inLog), retention).Select(file => file.Name.Sequence));
    }
}
