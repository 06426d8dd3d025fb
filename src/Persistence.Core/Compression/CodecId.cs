namespace Persistence.Compression;

/// <summary>How a block is compressed. The numbers are on disk, never change.</summary>
public enum CodecId : byte
{
    /// <summary>Not at all.</summary>
    None = 0,

    /// <summary>Brotli (RFC 7932), from the base library: always there.</summary>
    Brotli = 1,

    /// <summary>Zstandard (RFC 8878), from the system's libzstd.</summary>
    Zstd = 2,
}
