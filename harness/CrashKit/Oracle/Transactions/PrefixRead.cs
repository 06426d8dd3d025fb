using System.Collections.Immutable;

namespace Persistence.CrashKit.Oracle.Transactions;

/// <summary>Reads the lists of all keys that begin with a prefix.</summary>
/// <param name="Prefix">The prefix, compared ordinally; empty for all keys.</param>
/// <param name="Lists">What was seen; a key that is missing had no list.</param>
public sealed record PrefixRead(string Prefix, IReadOnlyDictionary<string, ImmutableArray<long>> Lists) : TransactionOperation;
