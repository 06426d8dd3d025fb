using Persistence.Terminals;

namespace Persistence.Tests.Terminals.Model;

/// <summary>A pane and what is kept of its output, in one piece.</summary>
internal sealed class ModelPane
{
    private const int ChunkBytes = 65_536;

    public required long Id { get; init; }

    public required DateTimeOffset Created { get; init; }

    public required TerminalSize Size { get; set; }

    public required PaneConfiguration Configuration { get; set; }

    public required DateTimeOffset StateChanged { get; set; }

    public PaneState State { get; set; } = PaneState.New;

    public string Title { get; set; } = "";

    public string? Directory { get; set; }

    /// <summary>Where what is kept begins.</summary>
    public long Begin { get; private set; }

    /// <summary>Never changed in place: copies of the model share it.</summary>
    public byte[] Kept { get; private set; } = [];

    public long End => Begin + Kept.Length;

    public ModelPane Copy() => (ModelPane)MemberwiseClone();

    public void Append(ReadOnlySpan<byte> bytes, ScrollbackLimits limits)
    {
        Kept = [.. Kept, .. bytes];
        Trim(limits);
    }

    /// <summary>Whole chunks go from the front as long as what stays holds one of the limits.</summary>
    public void Trim(ScrollbackLimits limits)
    {
        while (Kept.Length >= ChunkBytes && Holds(Kept.AsSpan(ChunkBytes), limits))
        {
            Kept = Kept[ChunkBytes..];
            Begin += ChunkBytes;
        }
    }

    /// <summary>Where what is shown begins.</summary>
    public long FindStart(ScrollbackLimits limits)
    {
        long start = Begin;
        if (limits.Bytes > 0)
            start = Math.Max(start, End - limits.Bytes);
        int lineFeeds = 0;
        for (int i = Kept.Length - 1; i >= 0 && limits.Lines > 0; i--)
        {
            if (Kept[i] == '\n' && lineFeeds++ == limits.Lines)
                return Math.Max(start, Begin + i + 1);
        }

        return start;
    }

    public IEnumerable<(long Position, int Length, int LineFeeds)> Chunks()
    {
        for (int i = 0; i + ChunkBytes <= Kept.Length; i += ChunkBytes)
            yield return (Begin + i, ChunkBytes, Kept.AsSpan(i, ChunkBytes).Count((byte)'\n'));
    }

    private static bool Holds(ReadOnlySpan<byte> bytes, ScrollbackLimits limits) =>
        (limits.Bytes > 0 && bytes.Length >= limits.Bytes) || (limits.Lines > 0 && bytes.Count((byte)'\n') >= limits.Lines);
}
