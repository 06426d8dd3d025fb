using Persistence.Diagnostics;
using Persistence.State;

namespace Persistence.Wal;

/// <summary>A part of the log that was asked for is not there any more: retention removed it, or it is damaged beyond finding its segments.</summary>
public sealed class LogTruncatedException : StoreException
{
    internal LogTruncatedException(Lsn from, Lsn to, string message)
        : base(StoreError.LogTruncated, message)
    {
        From = from;
        To = to;
        Position = from.Value;
    }

    /// <summary>The first position that is missing.</summary>
    public Lsn From { get; }

    /// <summary>From here on the log can be read again, as far as was known when it was looked at.</summary>
    public Lsn To { get; }

    /// <summary>The log is wanted from a position before the oldest segment there is.</summary>
    internal static LogTruncatedException Before(SegmentHeader oldest, Lsn from)
    {
        Lsn to = oldest.FirstFrameLsn;
        return new LogTruncatedException(from, to, $"The log from LSN {from} to {to} is no longer there: retention removed it, or it is damaged. It can be read from LSN {to} on.");
    }

    /// <summary>What lies between two segments is missing.</summary>
    internal static LogTruncatedException Between(SegmentInfo segment, SegmentInfo next, Lsn from)
    {
        Lsn lost = Lsn.Later(from, segment.FindEnd(next) ?? segment.Header!.NextFirstLsn);
        return Before(next.Header!, lost);
    }

    /// <summary>Retention was faster than the reader of a segment.</summary>
    internal static LogTruncatedException Of(SegmentInfo segment)
    {
        (Lsn from, Lsn to) = (segment.Header!.FirstFrameLsn, segment.Header.NextFirstLsn);
        return new LogTruncatedException(from, to, $"Retention removed the log from LSN {from} to {to} before it was read.") { File = segment.Path };
    }
}
