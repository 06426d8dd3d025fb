namespace Persistence.CrashKit.Oracle.Transactions;

/// <summary>The order in which a key got its values, and who saw how much of it.</summary>
/// <param name="Key">The key.</param>
/// <param name="Versions">The appends, the oldest first.</param>
/// <param name="Reads">Transactions, and how many of the versions they saw. One may occur twice, with the same number.</param>
/// <param name="Unseen">Transactions that happened and appended what is in no list: it came after all versions.</param>
internal sealed record VersionOrder(
    KeyIndex Key, IReadOnlyList<IndexedAppend> Versions, IReadOnlyList<(TransactionNode Node, int Length)> Reads, IReadOnlyList<TransactionNode> Unseen);
