namespace Persistence.CrashKit.Oracle.Transactions;

/// <summary>One step of a transaction.</summary>
public abstract record TransactionOperation;
