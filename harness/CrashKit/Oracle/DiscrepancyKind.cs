namespace Persistence.CrashKit.Oracle;

/// <summary>How a recovered store contradicts what was said about it.</summary>
public enum DiscrepancyKind
{
    /// <summary>Something promised is missing.</summary>
    Lost,

    /// <summary>Something is there that nobody wrote, or twice, or that had been judged absent before.</summary>
    Phantom,

    /// <summary>Something is there without what was complete before it was even sent.</summary>
    OutOfOrder,

    /// <summary>An atomic step is there in part.</summary>
    HalfBatch,

    /// <summary>A read-only opening and the writer's recovery show different things.</summary>
    ReaderDisagrees,

    /// <summary>Transactions have seen what no order of them shows.</summary>
    NotSerializable,

    /// <summary>A process, an open file or a terminal is left that should be gone.</summary>
    LeftBehind,

    /// <summary>The store refused to open, or an operation failed, though nothing but kills happened to it.</summary>
    Refused,
}
