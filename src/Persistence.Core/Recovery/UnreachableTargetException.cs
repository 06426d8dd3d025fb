using Persistence.Diagnostics;
using Persistence.State;

namespace Persistence.Recovery;

/// <summary>No state belongs to the position asked for (PositionNotInLog), or none can be rebuilt any more (LogTruncated).</summary>
public sealed class UnreachableTargetException : StoreException
{
    internal UnreachableTargetException(StoreError error, Lsn target, Lsn from, Lsn to, string why, string? state = null)
        : base(error, $"{state ?? $"The state at LSN {target}"} cannot be reached: {why}. In the current history the states from LSN {from} to at least {to} can be.")
    {
        ReachableFrom = from;
        ReachableTo = to;
        Position = target.Value;
    }

    /// <summary>The earliest position of the current history whose state can be rebuilt.</summary>
    public Lsn ReachableFrom { get; }

    /// <summary>The latest one, as far as is known.</summary>
    public Lsn ReachableTo { get; }
}
