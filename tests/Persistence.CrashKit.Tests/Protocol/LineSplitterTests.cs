using System.Text;
using Persistence.CrashKit.Protocol;
using Xunit;

namespace Persistence.CrashKit.Tests.Protocol;

public sealed class LineSplitterTests
{
    [Fact]
    public void Lines_are_found_whatever_pieces_they_come_in()
    {
        byte[] stream = Encoding.UTF8.GetBytes("one\ntwo\n\nfour\n");
        for (int size = 1; size <= stream.Length; size++)
        {
            List<string> lines = [];
            LineSplitter splitter = new(line => lines.Add(Encoding.UTF8.GetString(line)));
            foreach (byte[] piece in stream.Chunk(size))
                splitter.Add(piece);
            Assert.Equal(["one", "two", "", "four"], lines);
        }
    }

    [Fact]
    public void A_line_without_an_end_is_not_gathered_for_ever()
    {
        LineSplitter splitter = new(_ => { });
        byte[] piece = new byte[LineSplitter.LineBytesMax / 4];
        for (int i = 0; i < 4; i++)
            splitter.Add(piece);
        Assert.Throws<ProtocolException>(() => splitter.Add("x"u8));
    }

    [Fact]
    public void A_torn_last_line_is_no_line()
    {
        List<byte[]> lines = [];
        LineSplitter splitter = new(lines.Add);
        splitter.Add("{\"ack\":{\"n\":1}}\n{\"ack\":{\"n\":2}}"u8);
        Assert.Single(lines);
    }
}
