namespace Persistence.CrashKit.Oracle.Transactions;

/// <summary>Appends a value to the list of a key.</summary>
/// <param name="Key">The key.</param>
/// <param name="Value">The value; nothing else in the history appends it to this key.</param>
public sealed record ListAppend(string Key, long Value) : TransactionOperation;
