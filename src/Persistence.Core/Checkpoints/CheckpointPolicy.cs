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

    /// <summary>Whether a graceful close takes one: a one-shot command must not rewrite the whole state.</summary>
    public static bool IsDueAtClose(StoreOptions options, long logBytes) => logBytes > options.CheckpointCloseBytes;
}
