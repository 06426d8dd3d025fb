using Persistence.Terminals.Pty.Piped;
using Xunit;

namespace Persistence.Tests.Terminals.Pty.Piped;

public sealed class ByteQueueTests
{
    [Fact]
    public void What_goes_in_comes_out_in_order_and_no_more_goes_in_than_there_is_room()
    {
        ByteQueue queue = new(7);
        Queue<byte> expected = [];
        byte next = 0;
        for (int round = 0; round < 1000; round++)
        {
            byte[] sent = [.. Enumerable.Range(0, round % 9).Select(_ => next++)];
            int taken = queue.Write(sent);
            Assert.Equal(Math.Min(sent.Length, 7 - expected.Count), taken);
            next -= (byte)(sent.Length - taken);
            foreach (byte value in sent.AsSpan(0, taken))
                expected.Enqueue(value);
            Assert.Equal(expected.Count == 7, queue.IsFull);
            byte[] back = new byte[round % 5];
            int given = queue.Read(back);
            Assert.Equal(Math.Min(back.Length, expected.Count), given);
            Assert.All(back.AsSpan(0, given).ToArray(), value => Assert.Equal(expected.Dequeue(), value));
            Assert.Equal(expected.Count, queue.Count);
        }
    }
}
