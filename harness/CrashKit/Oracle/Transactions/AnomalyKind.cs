namespace Persistence.CrashKit.Oracle.Transactions;

/// <summary>
/// What is wrong with a history. The names beginning with G and P are those of the literature (Adya's phenomena, Berenson's, and those that the checkers of list-append
/// histories use). One with RealTime needs the order in time to be seen: only strict serializability forbids it.
/// </summary>
public enum AnomalyKind
{
    /// <summary>A transaction that happened is missing from a recovered state.</summary>
    LostAppend,

    /// <summary>A transaction that a recovered state had shown not to have happened is seen after it.</summary>
    ResurrectedAppend,

    /// <summary>Of the appends of one transaction some are there and others are not: it was not atomic.</summary>
    HalfVisible,

    /// <summary>A list holds a value that nobody appended to it.</summary>
    PhantomValue,

    /// <summary>A list holds a value twice.</summary>
    DuplicateValue,

    /// <summary>Two lists of one key tell different orders: neither is the beginning of the other.</summary>
    IncompatibleOrders,

    /// <summary>A transaction does not see its own appends, or sees something else when it reads again.</summary>
    InternalInconsistency,

    /// <summary>Aborted read: a value of a transaction that was rolled back is seen.</summary>
    G1a,

    /// <summary>Intermediate read: a value is seen that its transaction followed by another one.</summary>
    G1b,

    /// <summary>Write cycle (dirty write): each transaction's appends come before the other's.</summary>
    G0,

    /// <summary>Circular information flow: each transaction appended after, or saw, what the other appended.</summary>
    G1c,

    /// <summary>Lost update: two transactions appended to a list, and the one that did so later had not seen the other's value in it.</summary>
    P4,

    /// <summary>Read skew: a cycle with one anti-dependency.</summary>
    GSingle,

    /// <summary>A cycle with several anti-dependencies, no two of them in a row (a long fork, for one).</summary>
    GNonadjacent,

    /// <summary>Write skew: a cycle with several anti-dependencies, two of them in a row.</summary>
    G2Item,

    /// <summary>As <see cref="G0"/>, in real time.</summary>
    G0RealTime,

    /// <summary>As <see cref="G1c"/>, in real time: a value is seen before its transaction began.</summary>
    G1cRealTime,

    /// <summary>As <see cref="GSingle"/>, in real time: a stale read.</summary>
    GSingleRealTime,

    /// <summary>As <see cref="GNonadjacent"/>, in real time.</summary>
    GNonadjacentRealTime,

    /// <summary>As <see cref="G2Item"/>, in real time.</summary>
    G2ItemRealTime,
}
