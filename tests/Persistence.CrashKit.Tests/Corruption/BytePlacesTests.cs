using Persistence.CrashKit.Corruption;
using Xunit;

namespace Persistence.CrashKit.Tests.Corruption;

/// <summary>That every byte is damaged, and which by itself.</summary>
public sealed class BytePlacesTests
{
    [Fact]
    public void The_places_of_any_file_are_every_byte_of_it_once()
    {
        Random random = new(1);
        for (int i = 0; i < 300; i++)
        {
            byte[] content = Draw(random);
            (int Start, int End)[]? used = random.Next(3) == 0 ? null : [(0, content.Length / 5), (content.Length / 3, content.Length / 2)];
            int next = 0;
            foreach ((int offset, int length) in BytePlaces.Find(content, used))
            {
                Assert.Equal(next, offset);
                Assert.InRange(length, 1, BytePlaces.ZeroGroup);
                next += length;
            }

            Assert.Equal(content.Length, next);
        }
    }

    [Fact]
    public void Written_bytes_go_one_by_one_and_so_do_the_ends_of_long_runs_of_zeros()
    {
        byte[] content = new byte[400];
        Array.Fill(content, (byte)1, 0, 50);
        Array.Fill(content, (byte)1, 300, 100);
        // A short run of zeros inside: it, too, goes byte by byte.
        content.AsSpan(10, 20).Clear();
        List<(int Offset, int Length)> groups = [.. BytePlaces.Find(content, used: null).Where(place => place.Length > 1)];
        Assert.Equal(58, groups[0].Offset);
        Assert.Equal(292, groups[^1].Offset + groups[^1].Length);
    }

    [Fact]
    public void What_nobody_reads_goes_in_groups()
    {
        byte[] content = [.. Enumerable.Repeat((byte)7, 100)];
        List<(int Offset, int Length)> places = [.. BytePlaces.Find(content, [(10, 20)])];
        Assert.Equal([(0, 10), .. Enumerable.Range(10, 10).Select(offset => (offset, 1)), (20, 16), (36, 16), (52, 16), (68, 16), (84, 16)], places);
    }

    private static byte[] Draw(Random random)
    {
        byte[] content = new byte[random.Next(2000)];
        for (int offset = 0; offset < content.Length;)
        {
            int run = Math.Min(1 + random.Next(200), content.Length - offset);
            if (random.Next(2) == 0)
                random.NextBytes(content.AsSpan(offset, run));
            offset += run;
        }

        return content;
    }
}
