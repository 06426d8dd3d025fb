namespace Persistence.Compression;

/// <summary>Levels are zstd's, 1 (fast) to 19 (small); other codecs map them to their own.</summary>
public static class CompressionLevel
{
    /// <summary>The fastest.</summary>
    public const int Min = 1;

    /// <summary>The smallest. zstd's levels above need far more memory at both ends.</summary>
    public const int Max = 19;

    /// <summary>zstd's own default.</summary>
    public const int Default = 3;

    internal static int Validate(int level)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(level, Min);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(level, Max);
        return level;
    }
}
