namespace Persistence.Terminals;

/// <summary>How much output of a pane is kept: what exceeds either limit goes, oldest first.</summary>
public readonly record struct ScrollbackLimits
{
    /// <param name="lines">Lines, counted by line feeds; 0: no such limit.</param>
    /// <param name="bytes">Bytes; 0: no such limit.</param>
    /// <exception cref="ArgumentOutOfRangeException">One is negative.</exception>
    public ScrollbackLimits(long lines, long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(lines);
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        Lines = lines;
        Bytes = bytes;
    }

    /// <summary>10,000 lines, 64 MiB.</summary>
    public static ScrollbackLimits Default { get; } = new(10_000, 64 << 20);

    /// <summary>Lines, counted by line feeds; 0: no such limit.</summary>
    public long Lines { get; }

    /// <summary>Bytes; 0: no such limit.</summary>
    public long Bytes { get; }
}
