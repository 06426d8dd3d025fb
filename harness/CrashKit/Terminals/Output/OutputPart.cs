namespace Persistence.CrashKit.Terminals.Output;

/// <summary>A part of what a program is to write, of which any byte can be told at any time: nothing is kept of what was written.</summary>
internal abstract class OutputPart
{
    private const int BlockBytes = 4096;

    /// <summary>How many bytes, at most if it may end early.</summary>
    public abstract long Length { get; }

    /// <summary>Whether what follows it may come before its end.</summary>
    public virtual bool MayEndEarly => false;

    /// <summary>Its bytes from an offset on; not more than it has.</summary>
    public abstract void CopyTo(long offset, Span<byte> bytes);

    /// <summary>How many of some bytes are those that it has from an offset on.</summary>
    public int CountMatching(long offset, ReadOnlySpan<byte> bytes)
    {
        Span<byte> block = stackalloc byte[BlockBytes];
        int matching = 0;
        int most = (int)Math.Min(bytes.Length, Length - offset);
        while (matching < most)
        {
            Span<byte> expected = block[..Math.Min(BlockBytes, most - matching)];
            CopyTo(offset + matching, expected);
            int same = expected.CommonPrefixLength(bytes[matching..]);
            matching += same;
            if (same < expected.Length)
                break;
        }

        return matching;
    }

    /// <summary>How many line feeds there are between two offsets.</summary>
    public long CountLineFeeds(long from, long to)
    {
        Span<byte> block = stackalloc byte[BlockBytes];
        long count = 0;
        for (long at = from; at < to;)
        {
            Span<byte> bytes = block[..(int)Math.Min(BlockBytes, to - at)];
            CopyTo(at, bytes);
            count += bytes.Count((byte)'\n');
            at += bytes.Length;
        }

        return count;
    }
}
