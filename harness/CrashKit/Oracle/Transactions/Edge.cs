namespace Persistence.CrashKit.Oracle.Transactions;

/// <summary>One node has to come before another.</summary>
/// <param name="From">What comes before.</param>
/// <param name="To">What comes after.</param>
/// <param name="Kind">Why; exactly one kind.</param>
/// <param name="Key">Number of the key that shows it; -1 for an order in time.</param>
/// <param name="Position">Of the key's versions: the later one concerned of two, for a read the one that was seen, or as many as there are for what nobody saw.</param>
internal readonly record struct Edge(int From, int To, EdgeKinds Kind, int Key = -1, int Position = -1);
