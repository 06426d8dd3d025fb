namespace Persistence.CrashKit.Oracle.Transactions;

/// <summary>What anomalies are called in writing.</summary>
public static class AnomalyTerms
{
    /// <summary>The standard term, with a plain one where it needs one.</summary>
    public static string ToTerm(this AnomalyKind kind) => kind switch
    {
        AnomalyKind.LostAppend => "lost append",
        AnomalyKind.ResurrectedAppend => "resurrected append",
        AnomalyKind.HalfVisible => "half-visible transaction",
        AnomalyKind.PhantomValue => "phantom value",
        AnomalyKind.DuplicateValue => "duplicate value",
        AnomalyKind.IncompatibleOrders => "incompatible orders",
        AnomalyKind.InternalInconsistency => "internal inconsistency",
        AnomalyKind.G1a => "G1a (aborted read)",
        AnomalyKind.G1b => "G1b (intermediate read)",
        AnomalyKind.G0 => "G0 (write cycle)",
        AnomalyKind.G1c => "G1c (circular information flow)",
        AnomalyKind.P4 => "P4 (lost update)",
        AnomalyKind.GSingle => "G-single (read skew)",
        AnomalyKind.GNonadjacent => "G-nonadjacent",
        AnomalyKind.G2Item => "G2-item (write skew)",
        AnomalyKind.G0RealTime => "G0-realtime",
        AnomalyKind.G1cRealTime => "G1c-realtime",
        AnomalyKind.GSingleRealTime => "G-single-realtime (stale read)",
        AnomalyKind.GNonadjacentRealTime => "G-nonadjacent-realtime",
        AnomalyKind.G2ItemRealTime => "G2-item-realtime",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };
}
