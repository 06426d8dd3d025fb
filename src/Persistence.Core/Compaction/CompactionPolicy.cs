using Persistence.Configuration;

namespace Persistence.Compaction;

/// <summary>When increments are worth being merged: values in, decision out.</summary>
internal static class CompactionPolicy
{
    // Of a few small increments the files' own headers are a large share.
    private const long RatioBytesMin = 64 << 10;

    /// <summary>Why a chain is to be merged into one full checkpoint now, or null.</summary>
    /// <param name="options">The limits.</param>
    /// <param name="chain">Bytes of the newest chain's files, the full one first; empty without one.</param>
    /// <param name="age">How old the full one is.</param>
    public static CompactionReason? FindReason(StoreOptions options, IReadOnlyList<long> chain, TimeSpan age)
    {
        if (chain.Count < 2)
            return null;
        long increments = chain.Skip(1).Sum();
        if (options.CompactionSizeBytes > 0 && increments >= options.CompactionSizeBytes)
            return CompactionReason.Size;
        if (options.CompactionRatioPercent > 0 && increments >= RatioBytesMin && increments * 100.0 >= (double)chain[0] * options.CompactionRatioPercent)
            return CompactionReason.Ratio;
        return options.CompactionAgeSeconds > 0 && age >= TimeSpan.FromSeconds(options.CompactionAgeSeconds) ? CompactionReason.Age : null;
    }
}
