using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Persistence.Compression;
using Persistence.Diagnostics;
using Persistence.Serialization;
using Persistence.State;
using Persistence.Terminals;
using Xunit;

namespace Persistence.Tests.Terminals.Output;

public sealed class ScrollbackTests
{
    private const int Chunk = ScrollbackChunk.BytesMax;

    private static readonly PaneId Pane = new(1);

    [Fact]
    public void What_is_kept_does_not_depend_on_how_it_came() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(200).WithEndSize(30),
            Prop.ForAll(
                (from cuts in Gen.Choose(0, 4 * Chunk).ArrayOf() from lines in Gen.Choose(0, 5000) from bytes in Gen.Choose(0, 3 * Chunk) select (cuts, lines, bytes)).ToArbitrary(),
                static sample => IsKeptTheSame(sample.cuts, new ScrollbackLimits(sample.lines, sample.bytes))));

    private static bool IsKeptTheSame(int[] cuts, ScrollbackLimits limits)
    {
        byte[] all = Lines(4 * Chunk);
        Scrollback once = new Scrollback { Pane = Pane }.Append(0, all, out _).Trim(limits, out _);
        Scrollback pieces = new() { Pane = Pane };
        foreach (int to in cuts.Order().Append(all.Length))
            pieces = pieces.Append(pieces.End, all.AsSpan((int)pieces.End..to), out _).Trim(limits, out _);
        return once.Begin == pieces.Begin && once.End == pieces.End && once.Bytes == pieces.Bytes && once.LineFeeds == pieces.LineFeeds && once.TailLength == pieces.TailLength
            && once.Chunks.Select(static chunk => (chunk.Position, chunk.Length, chunk.LineFeeds)).SequenceEqual(pieces.Chunks.Select(static chunk => (chunk.Position, chunk.Length, chunk.LineFeeds)))
            && ReadAll(once).AsSpan().SequenceEqual(all.AsSpan((int)once.Begin..)) && ReadAll(pieces).AsSpan().SequenceEqual(ReadAll(once));
    }

    /// <summary>Later output is written behind the tail that others still hold.</summary>
    [Fact]
    public void What_was_kept_before_stays_as_it_was()
    {
        Scrollback output = new() { Pane = Pane };
        List<(Scrollback Output, byte[] Bytes)> all = [];
        for (int i = 0; i < 300; i++)
        {
            output = output.Append(output.End, Encoding.ASCII.GetBytes(new string((char)('a' + (i % 26)), 700)), out _);
            all.Add((output, ReadAll(output)));
        }

        Assert.All(all, static one => Assert.Equal(one.Bytes, ReadAll(one.Output)));
        Assert.Equal(3, output.Chunks.Count);
    }

    [Fact]
    public void Output_behind_a_gap_begins_a_chunk_of_its_own()
    {
        Scrollback output = new Scrollback { Pane = Pane }.Append(0, "one\n"u8, out long first).Append(1000, "two\n"u8, out long second).Append(2000, [], out _);
        Assert.Equal((0, 4), (first, second));
        Assert.Equal([(0L, 4), (1000L, 4)], output.Chunks.Select(static chunk => (chunk.Position, chunk.Length)));
        Assert.Equal((0L, 2000L, 8L, 2L), (output.Begin, output.End, output.Bytes, output.LineFeeds));
        PaneOutput read = new(output, default, static () => false);
        Assert.Equal([0L, 1000L], read.Read().Select(static piece => piece.Position));
        Assert.Equal(1000, read.ReadNext(500)!.Value.Position);
        Assert.Null(read.ReadNext(1500));
        Assert.Null(read.ReadNext(2000));
        Assert.Equal("one\ntwo\n"u8.ToArray(), read.ReadAll());
        Assert.Equal(1000, read.ReadNext(read.FindLine(1))!.Value.Position);
    }

    /// <summary>Where a gap follows a whole chunk there is nothing to be finished before it.</summary>
    [Fact]
    public void A_gap_behind_a_whole_chunk_makes_no_empty_one()
    {
        Scrollback output = new Scrollback { Pane = Pane }.Append(0, new byte[Chunk], out _).Append(Chunk + 5, "x"u8, out _);
        Assert.Equal((Chunk, Chunk + 5, Chunk + 6), (Assert.Single(output.Chunks).End, output.TailPosition, output.End));
    }

    [Fact]
    public void More_than_an_array_holds_is_refused_before_anything_is_read()
    {
        PaneOutput output = new(new Scrollback { Pane = Pane, ChunkBytes = 3L << 30, TailPosition = 3L << 30 }, default, static () => false);
        Assert.Equal(StoreError.RecordTooLarge, Assert.ThrowsAny<StoreException>(() => output.ReadAll(0)).Error);
        Assert.Empty(output.ReadAll(3L << 30));
    }

    /// <summary>The limits were changed, and nothing has gone yet.</summary>
    [Fact]
    public void What_is_shown_may_begin_behind_the_first_chunk()
    {
        Scrollback output = new Scrollback { Pane = Pane }.Append(0, Lines((3 * Chunk) + 10), out _);
        Assert.Equal((2 * Chunk) + 10 - 100, new PaneOutput(output, new ScrollbackLimits(0, Chunk + 100), static () => false).FindStart());
        Assert.Equal((3 * Chunk) + 5, new PaneOutput(output, new ScrollbackLimits(0, 5), static () => false).FindStart());
    }

    [Theory]
    [InlineData("", 0, 0, 0)]
    [InlineData("", 5, 0, 0)]
    [InlineData("a", 0, 0, 1)]
    [InlineData("a", 1, 0, 0)]
    [InlineData("a\n", 1, 0, 0)]
    [InlineData("a\nb", 1, 0, 2)]
    [InlineData("a\nb\n", 1, 0, 2)]
    [InlineData("a\nb\n", 2, 0, 0)]
    [InlineData("a\nb\n", 3, 0, 0)]
    [InlineData("a\n\n\nb", 2, 0, 3)]
    [InlineData("\n\n\n", 1, 0, 2)]
    [InlineData("a\nb\nc\n", 3, 2, 2)]
    [InlineData("a\nb\nc\n", 1, 2, 4)]
    public void The_last_lines_begin_where_they_are_asked_for_but_not_before_the_limit(string text, int lines, int limit, long expected)
    {
        Scrollback output = new Scrollback { Pane = Pane }.Append(0, Encoding.ASCII.GetBytes(text), out _);
        Assert.Equal(expected, new PaneOutput(output, new ScrollbackLimits(limit, 0), static () => false).FindLine(lines));
    }

    [Fact]
    public void The_last_lines_are_found_across_chunks()
    {
        byte[] all = Lines(3 * Chunk);
        PaneOutput output = new(new Scrollback { Pane = Pane }.Append(0, all, out _), default, static () => false);
        List<int> begins = [0, .. Enumerable.Range(0, all.Length - 1).Where(i => all[i] == '\n').Select(static i => i + 1)];
        for (int lines = 1; lines <= begins.Count; lines += 97)
            Assert.Equal(begins[^lines], output.FindLine(lines));
        Assert.Equal(0, output.FindLine(begins.Count));
        Assert.Equal(0, output.FindLine(long.MaxValue));
        Assert.Throws<ArgumentOutOfRangeException>(() => output.FindLine(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => output.ReadNext(-1));
    }

    /// <summary>A limit that is met exactly keeps everything; one byte or line more, and what is shown begins later.</summary>
    [Fact]
    public void What_is_shown_is_exactly_what_the_limits_ask_for()
    {
        byte[] all = Encoding.ASCII.GetBytes("1\n22\n333\n4444");
        Scrollback output = new Scrollback { Pane = Pane }.Append(0, all, out _);
        Assert.Equal(
            ["1\n22\n333\n4444", "22\n333\n4444", "333\n4444", "4444", "44", "1\n22\n333\n4444", "1\n22\n333\n4444"],
            ((ScrollbackLimits[])[new(3, 0), new(2, 0), new(1, 0), new(2, 4), new(0, 2), new(0, 13), default]).Select(limits => Encoding.ASCII.GetString(new PaneOutput(output, limits, static () => false).ReadAll())));
    }

    [Theory]
    [InlineData(CodecId.None)]
    [InlineData(CodecId.Brotli)]
    [InlineData(CodecId.Zstd)]
    public void A_chunk_comes_back_from_its_item_however_it_is_compressed(CodecId codec)
    {
        if (codec == CodecId.Zstd && !ZstdCompressor.IsAvailable)
            return;
        byte[] noise = new byte[Chunk];
        new Random(1).NextBytes(noise);
        foreach (byte[] bytes in (byte[][])[Lines(Chunk), noise, [7]])
        {
            ScrollbackChunk chunk = new(Pane, 3 * Chunk, bytes.Count((byte)'\n'), bytes);
            GrowableBuffer item = new(1 << 20);
            ChunkItem.Write(new MessagePackWriter(item), chunk, bytes, codec == CodecId.None ? null : Compressors.Create(codec, 1), new GrowableBuffer(1 << 20));
            Assert.True(item.Length < bytes.Length + 30);
            Assert.Equal(bytes, ChunkItem.ReadBytes(item.WrittenSpan, chunk));
            foreach (ScrollbackChunk other in (ScrollbackChunk[])[new(new PaneId(2), chunk.Position, 0, bytes), new(Pane, 0, 0, bytes), new(Pane, chunk.Position, 0, [1, 2])])
                Assert.ThrowsAny<MalformedDataException>(() => ChunkItem.ReadBytes(item.WrittenSpan, other));
        }
    }

    /// <summary>What is read again is copied into the next checkpoint: it must be what it is taken for.</summary>
    [Fact]
    public void Another_item_in_the_place_of_a_chunk_is_not_taken_for_it()
    {
        GrowableBuffer item = new(1 << 20);
        byte[] bytes = Lines(100);
        ChunkItem.Write(new MessagePackWriter(item), new ScrollbackChunk(new PaneId(2), 0, 5, bytes), bytes, null, new GrowableBuffer(1 << 20));
        ScrollbackChunk chunk = new(Pane, 0, bytes.Length, 5, new StoredChunk(new OneItem(item.WrittenSpan.ToArray()), default));
        Assert.ThrowsAny<MalformedDataException>(() => chunk.ReadItem());
        Assert.Equal(StoreError.CheckpointInvalid, Assert.ThrowsAny<StoreException>(() => new PaneOutput(new Scrollback { Pane = Pane, TailPosition = chunk.End }.With(chunk), default, static () => false).ReadAll(0)).Error);
    }

    private static byte[] ReadAll(Scrollback output) => new PaneOutput(output, default, static () => false).ReadAll();

    private static byte[] Lines(int bytes)
    {
        StringBuilder text = new();
        for (int i = 0; text.Length < bytes; i++)
            text.Append("line ").Append(i * i).Append('\n');
        return Encoding.ASCII.GetBytes(text.ToString(0, bytes));
    }

    private sealed class OneItem(byte[] item) : IStoredItems
    {
        public bool IsClosed => false;

        public void Keep()
        {
        }

        public byte[] Read(StoredPlace place) => item;

        public void Dispose()
        {
        }
    }
}
