using Persistence.Diagnostics;

namespace Persistence.State;

/// <summary>How large a record may be.</summary>
public static class RecordLimits
{
    /// <summary>The largest payload of one record, in bytes: 64 MiB.</summary>
    public const int RecordBytesMax = 64 << 20;

    /// <summary>The largest commit: all payloads of a transaction together, in bytes: 1 GiB.</summary>
    public const int CommitBytesMax = 1 << 30;

    /// <summary>The error for a record above the limit.</summary>
    public static StoreException TooLarge(long bytes) => new(
        StoreError.RecordTooLarge,
        $"The record takes {bytes} bytes; at most {RecordBytesMax} are possible. Nothing was written.");

    /// <summary>The error for a commit above the limit.</summary>
    public static StoreException CommitTooLarge(long bytes) => new(
        StoreError.RecordTooLarge,
        $"The commit takes {bytes} bytes; at most {CommitBytesMax} are possible. Nothing was written.");
}
