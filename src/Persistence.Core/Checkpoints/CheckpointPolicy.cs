using Persistence.Configuration;

namespace Persistence.Checkpoints;

/// <summary>When a checkpoint is due: values in, decision out.</summary>
internal static class CheckpointPolicy
{
    /// <summary>Whether one is due while the store is open.</summary>
    public static bool IsDue(StoreOptions options, long logBytes, long commits, TimeSpan sinceLast) =>
        commits > 0
        && ((options.CheckpointLogBytes > 0 && logBytes >= options.CheckpointLogBytes)
            || (options.CheckpointTransactions > 0 && commits >= options.CheckpointTransactions)
            || (options.CheckpointIntervalSeconds > 0 && sinceLast >= TimeSpan.FromSeconds(options.CheckpointIntervalSeconds)));

    /// <summary>Whether the next checkpoint is an increment.</summary>
    /// <param name="options">What is wanted.</param>
    /// <param name="asked">What was asked for.</param>
    /// <param name="chain">Sizes of the files of the newest chain in bytes, the full one first; empty without one.</param>
    /// <param name="hasRoom">Whether ROOT has room for one more.</param>
    public static bool IsIncrement(StoreOptions options, CheckpointKind asked, IReadOnlyList<long> chain, bool hasRoom)
    {
        if (asked == CheckpointKind.Full || chain.Count == 0 || !hasRoom)
            return false;
        if (asked == CheckpointKind.Incremental)
            return true;
        return chain.Count <= options.CheckpointIncrementsMax && chain[0] >= options.CheckpointIncrementFromBytes;
    }

    /// <summary>Whether a graceful close takes one: a one-shot command must not rewrite the whole state.</summary>
    public static bool IsDueAtClose(StoreOptions options, long logBytes) => logBytes > options.CheckpointCloseBytes;
}
