using System.Text;
using Persistence.CrashKit.Processes;
using Persistence.CrashKit.Protocol;
using Xunit;

namespace Persistence.CrashKit.Tests.Processes;

public sealed class LineQueueTests
{
    private const int LinesMax = 5;
    private const int LineBytes = 36;

    // Each counts its bytes and 64 more.
    private const int BytesMax = LinesMax * (LineBytes + 64);

    [Fact]
    public void Who_adds_too_much_waits_and_nothing_is_dropped()
    {
        LineQueue queue = new(BytesMax);
        Thread adder = StartAdding(queue, 100);
        SpinWait.SpinUntil(() => queue.Count == LinesMax && adder.ThreadState.HasFlag(ThreadState.WaitSleepJoin));
        Assert.Equal(LinesMax, queue.Count);
        for (int i = 0; i < 100; i++)
            Assert.Equal(Line(i), queue.Take(Timeout));
        Assert.Null(queue.Take(Timeout));
        adder.Join();
    }

    [Fact]
    public void Room_is_made_for_what_is_left()
    {
        LineQueue queue = new(BytesMax);
        Thread adder = StartAdding(queue, 100);
        SpinWait.SpinUntil(() => adder.ThreadState.HasFlag(ThreadState.WaitSleepJoin));
        queue.MakeRoom(100 * BytesMax);
        Assert.True(queue.TakeRest(Timeout, out IReadOnlyList<byte[]> rest));
        Assert.Equal(100, rest.Count);
        adder.Join();
    }

    [Fact]
    public void Who_waits_to_add_goes_on_when_nobody_takes_any_more()
    {
        LineQueue queue = new(BytesMax);
        Thread adder = StartAdding(queue, 100);
        queue.Abandon();
        adder.Join();
        Assert.True(queue.Count <= LinesMax);
    }

    [Fact]
    public void What_did_not_end_is_not_whole()
    {
        LineQueue queue = new(BytesMax);
        queue.Add(Line(0));
        Assert.False(queue.TakeRest(TimeSpan.Zero, out IReadOnlyList<byte[]> _));
        Assert.Null(queue.Take(TimeSpan.Zero));
    }

    [Fact]
    public void A_failure_comes_after_the_lines_before_it()
    {
        LineQueue queue = new(BytesMax);
        queue.Add(Line(0));
        queue.End(new ProtocolException("torn"));
        Assert.Equal(Line(0), queue.Take(Timeout));
        Assert.Throws<ProtocolException>(() => queue.Take(Timeout));
        Assert.Throws<ProtocolException>(() => queue.TakeRest(Timeout, out IReadOnlyList<byte[]> _));
    }

    private static TimeSpan Timeout => TimeSpan.FromMinutes(5);

    private static byte[] Line(int i) => Encoding.UTF8.GetBytes($"{i}".PadLeft(LineBytes));

    private static Thread StartAdding(LineQueue queue, int lines)
    {
        Thread adder = new(() =>
        {
            for (int i = 0; i < lines; i++)
                queue.Add(Line(i));
            queue.End(null);
        });
        adder.Start();
        return adder;
    }
}
