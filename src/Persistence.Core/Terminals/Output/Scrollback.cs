using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Persistence.Terminals;

/// <summary>What is kept of a pane's output. Immutable: what is added makes another one, which shares the chunks and the tail's memory.</summary>
internal sealed record Scrollback
{
    private const int FirstTailBytes = 1 << 10;
    private const byte LineFeed = (byte)'\n';

    // Longer than the tail: later ones write behind it, and nobody changes what is there.
    private readonly byte[] _tail = [];

    public Scrollback()
    {
    }

    [SetsRequiredMembers]
    private Scrollback(Scrollback source, byte[] tail)
        : this(source) => _tail = tail;

    public required PaneId Pane { get; init; }

    /// <summary>From the oldest to the newest; between two there is a gap where output is lost.</summary>
    public ImmutableList<ScrollbackChunk> Chunks { get; init; } = [];

    /// <summary>Bytes in the chunks.</summary>
    public long ChunkBytes { get; init; }

    /// <summary>Line feeds in the chunks.</summary>
    public long ChunkLineFeeds { get; init; }

    /// <summary>Where the tail begins.</summary>
    public long TailPosition { get; init; }

    /// <summary>How long it is: less than a chunk.</summary>
    public int TailLength { get; private init; }

    /// <summary>Line feeds in it.</summary>
    public int TailLineFeeds { get; private init; }

    /// <summary>The tail's bytes.</summary>
    public ReadOnlyMemory<byte> Tail => _tail.AsMemory(0, TailLength);

    /// <summary>Where the kept output begins.</summary>
    public long Begin => Chunks.IsEmpty ? TailPosition : Chunks[0].Position;

    /// <summary>Where output goes on.</summary>
    public long End => TailPosition + TailLength;

    public long Bytes => ChunkBytes + TailLength;

    public long LineFeeds => ChunkLineFeeds + TailLineFeeds;

    /// <summary>With output added.</summary>
    /// <param name="position">Where it belongs: the end; behind it where output is lost.</param>
    /// <param name="bytes">The output.</param>
    /// <param name="sealedBytes">How many bytes there are in chunks that were finished by it.</param>
    public Scrollback Append(long position, ReadOnlySpan<byte> bytes, out long sealedBytes)
    {
        Scrollback next = position == End ? this : Seal() with { TailPosition = position };
        while (!bytes.IsEmpty)
        {
            int count = Math.Min(bytes.Length, ScrollbackChunk.BytesMax - next.TailLength);
            next = next.Extend(bytes[..count]);
            if (next.TailLength == ScrollbackChunk.BytesMax)
                next = next.Seal();
            bytes = bytes[count..];
        }

        sealedBytes = next.ChunkBytes - ChunkBytes;
        return next;
    }

    /// <summary>With a tail that comes from a checkpoint.</summary>
    public Scrollback WithTail(long position, int lineFeeds, byte[] bytes) => new(this, bytes) { TailPosition = position, TailLength = bytes.Length, TailLineFeeds = lineFeeds };

    /// <summary>With one more chunk before the tail, or with one in the place of the same.</summary>
    public Scrollback With(ScrollbackChunk chunk)
    {
        int index = Chunks.IsEmpty || Chunks[^1].Position < chunk.Position ? -1 : Chunks.FindLastIndex(other => other.Position == chunk.Position);
        if (index >= 0)
            return this with { Chunks = Chunks.SetItem(index, chunk) };
        return this with { Chunks = Chunks.Add(chunk), ChunkBytes = ChunkBytes + chunk.Length, ChunkLineFeeds = ChunkLineFeeds + chunk.LineFeeds };
    }

    /// <summary>Without the chunks that lie wholly before a position.</summary>
    public Scrollback From(long position) => Drop(Chunks.TakeWhile(chunk => chunk.End <= position).Count(), out _);

    /// <summary>Without the chunks that are not needed to hold the limits.</summary>
    /// <param name="limits">The limits.</param>
    /// <param name="unstoredBytes">How many bytes of those that went were in memory alone.</param>
    public Scrollback Trim(ScrollbackLimits limits, out long unstoredBytes)
    {
        int count = 0;
        long bytes = Bytes;
        long lineFeeds = LineFeeds;
        foreach (ScrollbackChunk chunk in Chunks)
        {
            bytes -= chunk.Length;
            lineFeeds -= chunk.LineFeeds;
            if (!(limits.Lines > 0 && lineFeeds >= limits.Lines) && !(limits.Bytes > 0 && bytes >= limits.Bytes))
                break;
            count++;
        }

#if MUTANTS
        if (count > 0 && count < Chunks.Count && Persistence.Diagnostics.Mutants.Is(Persistence.Diagnostics.Mutants.ScrollbackTrimmedTooFar))
            count++;
#endif
        return Drop(count, out unstoredBytes);
    }

    private Scrollback Drop(int count, out long unstoredBytes)
    {
        unstoredBytes = 0;
        if (count == 0)
            return this;
        long bytes = 0;
        long lineFeeds = 0;
        foreach (ScrollbackChunk chunk in Chunks.Take(count))
        {
            bytes += chunk.Length;
            lineFeeds += chunk.LineFeeds;
            unstoredBytes += chunk.IsStored ? 0 : chunk.Length;
        }

        return this with { Chunks = Chunks.RemoveRange(0, count), ChunkBytes = ChunkBytes - bytes, ChunkLineFeeds = ChunkLineFeeds - lineFeeds };
    }

    private Scrollback Extend(ReadOnlySpan<byte> bytes)
    {
        int length = TailLength + bytes.Length;
        byte[] tail = _tail;
        if (tail.Length < length)
        {
            tail = new byte[Math.Min(ScrollbackChunk.BytesMax, Math.Max(length, Math.Max(FirstTailBytes, 2 * TailLength)))];
            _tail.AsSpan(0, TailLength).CopyTo(tail);
        }

        bytes.CopyTo(tail.AsSpan(TailLength));
        return new Scrollback(this, tail) { TailLength = length, TailLineFeeds = TailLineFeeds + bytes.Count(LineFeed) };
    }

    private Scrollback Seal()
    {
        if (TailLength == 0)
            return this;
        byte[] bytes = _tail.Length == TailLength ? _tail : _tail[..TailLength];
        ScrollbackChunk chunk = new(Pane, TailPosition, TailLineFeeds, bytes);
        return new Scrollback(this, [])
        {
            Chunks = Chunks.Add(chunk),
            ChunkBytes = ChunkBytes + TailLength,
            ChunkLineFeeds = ChunkLineFeeds + TailLineFeeds,
            TailPosition = End,
            TailLength = 0,
            TailLineFeeds = 0,
        };
    }
}
