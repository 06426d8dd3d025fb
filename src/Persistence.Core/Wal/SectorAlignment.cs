namespace Persistence.Wal;

/// <summary>Rounding to sectors.</summary>
internal static class SectorAlignment
{
    /// <summary>The first multiple of <paramref name="sectorBytes"/> (a power of two) that is not below <paramref name="offset"/>.</summary>
    public static long Up(long offset, int sectorBytes) => (offset + sectorBytes - 1) & -(long)sectorBytes;
}
