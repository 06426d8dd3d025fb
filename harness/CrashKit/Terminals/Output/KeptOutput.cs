namespace Persistence.CrashKit.Terminals.Output;

/// <summary>How much of a pane's output must be kept, by Terminals/FORMAT.md ("Scrollback").</summary>
/// <param name="lines">The limit of lines; 0: none.</param>
/// <param name="bytes">The limit of bytes; 0: none.</param>
internal sealed class KeptOutput(long lines, long bytes)
{
    private const long ChunkBytes = 64 << 10;

    /// <summary>Where what is kept begins: whole chunks go from the front as long as what stays holds the limit.</summary>
    public long FindBegin(OutputOracle output)
    {
        long begin = output.Known / ChunkBytes * ChunkBytes;
        long lineFeeds = output.CountLineFeeds(begin, output.Known);
        while (begin > 0 && !Holds(output.Known - begin, lineFeeds))
        {
            lineFeeds += output.CountLineFeeds(begin - ChunkBytes, begin);
            begin -= ChunkBytes;
        }

        return begin;
    }

    /// <summary>Where what is shown begins: so many line feeds before the end, and not more than so many bytes.</summary>
    /// <param name="output">The output.</param>
    /// <param name="begin">Where what is kept begins.</param>
    public long FindStart(OutputOracle output, long begin)
    {
        long start = bytes > 0 ? Math.Max(begin, output.Known - bytes) : begin;
        long excess = lines > 0 ? output.CountLineFeeds(begin, output.Known) - lines : 0;
        return excess > 0 ? Math.Max(start, FindBehind(output, begin, excess)) : start;
    }

    private bool Holds(long length, long lineFeeds) => (lines > 0 && lineFeeds >= lines) || (bytes > 0 && length >= bytes);

    /// <summary>The position behind so many line feeds.</summary>
    private static long FindBehind(OutputOracle output, long begin, long lineFeeds)
    {
        (long low, long high) = (begin, output.Known);
        while (low < high)
        {
            long middle = (low + high) / 2;
            if (output.CountLineFeeds(begin, middle) < lineFeeds)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }
}
