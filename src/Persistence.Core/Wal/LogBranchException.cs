using Persistence.Diagnostics;
using Persistence.State;

namespace Persistence.Wal;

/// <summary>The store was taken back to an earlier state: a part of the log that was read, or asked for, is no longer part of its history.</summary>
public sealed class LogBranchException : StoreException
{
    internal LogBranchException(Lsn from, Lsn to)
        : base(
            StoreError.PositionNotInLog,
            $"The store was taken back to an earlier state: what was written from LSN {from} to {to} is no longer part of its history, which goes on from there in a new branch.")
    {
        From = from;
        To = to;
        Position = from.Value;
    }

    /// <summary>The last position that both histories share: from here on the log is read again.</summary>
    public Lsn From { get; }

    /// <summary>How far the history that was left had been read.</summary>
    public Lsn To { get; }
}
