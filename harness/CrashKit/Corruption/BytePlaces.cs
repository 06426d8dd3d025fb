namespace Persistence.CrashKit.Corruption;

/// <summary>
/// Cuts a file into places to be damaged, which together are every byte of it: each byte by itself where something was written, and groups of
/// bytes in long runs of zeros and in what nobody reads.
/// </summary>
internal static class BytePlaces
{
    /// <summary>Zeros from here on are a long run.</summary>
    public const int LongRun = 64;

    /// <summary>So many bytes at either end of a long run are places of their own.</summary>
    public const int RunEdge = 8;

    /// <summary>Bytes of a place inside a long run.</summary>
    public const int ZeroGroup = 32;

    /// <summary>Bytes of a place in what nobody reads.</summary>
    public const int UnreadGroup = 16;

    /// <summary>Finds the places, in order.</summary>
    /// <param name="content">The file.</param>
    /// <param name="used">The parts that somebody reads, in order; null: all of it.</param>
    public static IEnumerable<(int Offset, int Length)> Find(byte[] content, IReadOnlyList<(int Start, int End)>? used)
    {
        int part = 0;
        for (int offset = 0; offset < content.Length;)
        {
            int zeros = CountZeros(content, offset);
            if (zeros >= LongRun)
            {
                foreach ((int Offset, int Length) place in FindInRun(offset, offset + zeros))
                    yield return place;
                offset += zeros;
                continue;
            }

            while (used is not null && part < used.Count && used[part].End <= offset)
                part++;
            bool isRead = used is null || (part < used.Count && used[part].Start <= offset);
            int border = used is null || part == used.Count ? content.Length : used[part].Start;
            int length = isRead ? 1 : Math.Min(UnreadGroup, Math.Min(border, content.Length) - offset);
            yield return (offset, length);
            offset += length;
        }
    }

    private static IEnumerable<(int Offset, int Length)> FindInRun(int start, int end)
    {
        for (int edge = 0; edge < RunEdge; edge++)
            yield return (start + edge, 1);
        for (int offset = start + RunEdge; offset < end - RunEdge; offset += ZeroGroup)
            yield return (offset, Math.Min(ZeroGroup, end - RunEdge - offset));
        for (int edge = RunEdge; edge > 0; edge--)
            yield return (end - edge, 1);
    }

    private static int CountZeros(byte[] content, int offset)
    {
        int count = content.AsSpan(offset).IndexOfAnyExcept((byte)0);
        return count < 0 ? content.Length - offset : count;
    }
}
