using System.Collections.Immutable;

namespace Persistence.CrashKit.Oracle.Transactions;

/// <summary>Reads the list of a key.</summary>
/// <param name="Key">The key.</param>
/// <param name="Values">What was seen, the oldest value first; empty where the key was not there.</param>
public sealed record ListRead(string Key, ImmutableArray<long> Values) : TransactionOperation;
