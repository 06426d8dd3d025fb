using System.Collections.Immutable;

namespace Persistence.CrashKit.Oracle.Transactions;

/// <summary>What a transaction saw of one key.</summary>
/// <param name="Node">The transaction.</param>
/// <param name="Key">The key.</param>
/// <param name="Values">The list it saw.</param>
/// <param name="LastOwn">Its own latest append to the key before it read, or null.</param>
internal sealed record IndexedRead(TransactionNode Node, KeyIndex Key, ImmutableArray<long> Values, IndexedAppend? LastOwn);
