using System.Text;
using Persistence.Terminals;
using Xunit;

namespace Persistence.Tests.Terminals;

public sealed class OutputTextTests
{
    private const string Sample = "plain äöü 漢字 😀 \u001b[1;31mred\u001b[0m \u001b]0;title\atext \u001b]7;file:///x\u001b\\more \u001bP1$r0m\u001b\\dcs \u001b(Bset \u001b7\u001b8done\tend\r\n\u009b2Jc1 \u009dname\u009cost\n";
    private const string Left = "plain äöü 漢字 😀 red text more dcs set done\tend\r\nc1 ost\n";

    [Fact]
    public void Text_is_the_same_however_its_bytes_are_cut()
    {
        byte[] bytes = [.. Encoding.UTF8.GetBytes(Sample), 0xFF, (byte)'!', 0xE6, 0xBC, (byte)'?', 0xF0, 0x9F, 0x98];
        string whole = Encoding.UTF8.GetString(bytes);
        for (int first = 0; first <= bytes.Length; first++)
        {
            for (int second = first; second <= bytes.Length; second += 7)
            {
                OutputDecoder decoder = new();
                string text = decoder.Decode(bytes.AsSpan(0, first)) + decoder.Decode(bytes.AsSpan(first, second - first)) + decoder.Decode(bytes.AsSpan(second));
                Assert.Equal(3, decoder.CutBytes);
                Assert.Equal(whole, text + decoder.Finish());
                Assert.Equal(0, decoder.CutBytes);
            }
        }
    }

    [Fact]
    public void Sequences_are_taken_out_however_they_are_cut()
    {
        for (int first = 0; first <= Sample.Length; first++)
        {
            EscapeSequenceFilter filter = new();
            Assert.Equal(Left, filter.Filter(Sample[..first]) + filter.Filter(Sample[first..]));
        }
    }

    [Theory]
    [InlineData("a\bb\u0000c\u007fd", "abcd")]
    [InlineData("\u001b[1\u0018x", "x")]
    [InlineData("\u001b[1\u001b[2mx", "x")]
    [InlineData("\u001b[1;\nm x", "\n x")]
    [InlineData("\u001b]0;never ends \u001b[1mx", "x")]
    [InlineData("\u001b]0;given up\u0018x", "x")]
    [InlineData("\u001b\u001b[0mx", "x")]
    [InlineData("\u001b[3äx", "äx")]
    [InlineData("\u001b#8x", "x")]
    [InlineData("\u001b%Gx", "x")]
    [InlineData("\u001b^private\u001b\\\u001b_app\u001b\\\u001bXstart\u001b\\x", "x")]
    [InlineData("no controls at all ~", "no controls at all ~")]
    public void What_is_no_text_is_taken_out(string text, string expected) => Assert.Equal(expected, new EscapeSequenceFilter().Filter(text));
}
