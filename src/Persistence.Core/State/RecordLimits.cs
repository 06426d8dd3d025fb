using Persistence.Diagnostics;

namespace Persistence.State;

/// <summary>How large a record may be.</summary>
public static class RecordLimits
{
    /// <summary>The largest payload of one record, in bytes: 64 MiB.</summary>
    public const int RecordBytesMax = 64 << 20;

    /// <summary>The error for a record or commit above the limit.</summary>
    public static StoreException TooLarge(long bytes) => new(
        StoreError.RecordTooLarge,
        $"The record or commit takes {bytes} bytes; at most {RecordBytesMax} are possible. Nothing was written.");
}
