using Persistence.Checkpoints;
using Persistence.Configuration;
using Persistence.Root;
using Persistence.State;
using Xunit;

namespace Persistence.Tests.Checkpoints;

public class CheckpointPolicyTests
{
    private static readonly StoreOptions _options = new() { CheckpointIncrementsMax = 2, CheckpointIncrementFromBytes = 1000 };

    [Theory]
    [InlineData(CheckpointKind.Automatic, new long[0], true, false)]
    [InlineData(CheckpointKind.Automatic, new long[] { 1000 }, true, true)]
    [InlineData(CheckpointKind.Automatic, new long[] { 999 }, true, false)]
    [InlineData(CheckpointKind.Automatic, new long[] { 1000, 9999 }, true, true)]
    [InlineData(CheckpointKind.Automatic, new long[] { 1000, 1, 1 }, true, false)]
    [InlineData(CheckpointKind.Automatic, new long[] { 1000 }, false, false)]
    [InlineData(CheckpointKind.Full, new long[] { 1000 }, true, false)]
    [InlineData(CheckpointKind.Incremental, new long[] { 10, 900, 900, 900 }, true, true)]
    [InlineData(CheckpointKind.Incremental, new long[0], true, false)]
    [InlineData(CheckpointKind.Incremental, new long[] { 1000 }, false, false)]
    public void An_increment_is_taken_where_it_is_worth_it_or_asked_for(CheckpointKind asked, long[] chain, bool hasRoom, bool expected) =>
        Assert.Equal(expected, CheckpointPolicy.IsIncrement(_options, asked, chain, hasRoom));

    [Theory]
    [InlineData("", 0, "", "")]
    [InlineData("f", 1, "1", "1")]
    [InlineData("fii", 1, "123", "123")]
    [InlineData("fiif", 2, "1234", "4")]
    [InlineData("fiifi", 2, "12345", "45")]
    [InlineData("ffifi", 2, "2345", "45")]
    [InlineData("iff", 2, "23", "3")]
    [InlineData("ii", 0, "12", "")]
    public void Chains_are_a_full_checkpoint_and_what_follows(string kinds, int chains, string twoKept, string newest)
    {
        RootCheckpoint[] listed = [.. kinds.Select((kind, index) => new RootCheckpoint(index + 1, kind == 'f' ? RootCheckpoint.Full : RootCheckpoint.Increment, Lsn.None, Lsn.None, 0))];
        Assert.Equal(Math.Max(chains, kinds.Count(kind => kind == 'f')), CheckpointChains.Count(listed));
        Assert.Equal(twoKept, string.Concat(CheckpointChains.KeepNewest(listed, 2).Select(checkpoint => checkpoint.Id)));
        Assert.Equal(newest, string.Concat(CheckpointChains.Newest(listed).Select(checkpoint => checkpoint.Id)));
    }
}
