using Persistence.CrashKit.Protocol;
using Persistence.CrashKit.Runs;
using Persistence.CrashKit.Tests.Oracle;
using Xunit;

namespace Persistence.CrashKit.Tests.Runs;

public sealed class PastMomentsTests
{
    private readonly Story _story = new Story().After(Story.State("a=0 b=0"));

    private PastMoments Past => new(_story.Oracle.Baseline, _story.Oracle.History.Operations);

    [Fact]
    public void What_was_acknowledged_up_to_a_position_has_to_be_there_and_nothing_later()
    {
        Put("a", "1", 100);
        Ack(_story.SendDelete("b"), 200);
        Put("a", "2", 300);
        Assert.Null(Find(1, "a=1"));
        Assert.NotNull(Find(1, "a=1 b=0"));
        Assert.NotNull(Find(1, "a=2"));
        Assert.NotNull(Find(1, "a=0"));
        Assert.Null(Find(2, "a=2"));
        Assert.NotNull(Find(0, "a=1 b=0 c=9"));
    }

    [Fact]
    public void Operations_under_way_together_may_share_a_frame_and_count_or_not()
    {
        long first = _story.SendPut("a", "1");
        long second = _story.SendPut("b", "2");
        Ack(first, 100);
        Ack(second, 150);
        Put("c", "3", 300);
        Assert.Null(Find(0, "a=1 b=0"));
        Assert.Null(Find(0, "a=0 b=0"));
        Assert.NotNull(Find(0, "a=1 b=0 c=3"));
        Assert.NotNull(Find(2, "a=0 b=2 c=3"));
    }

    [Fact]
    public void Nothing_is_said_of_keys_that_an_unanswered_operation_writes()
    {
        _story.SendPut("b", "9");
        Put("a", "1", 100);
        Assert.Null(Find(0, "a=1 b=9"));
        Assert.Null(Find(0, "a=1 b=0"));
    }

    private string? Find(int candidate, string shown) => Past.FindDifference(Past.Candidates[candidate], Story.State(shown));

    private void Put(string key, string value, long lsn) => Ack(_story.SendPut(key, value), lsn);

    private void Ack(long number, long lsn) => _story.Oracle.History.Add(new AckMessage(number, lsn));
}
