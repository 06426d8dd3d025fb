using Persistence.CrashKit.Oracle.Transactions;

namespace Persistence.CrashKit.Protocol;

/// <summary>
/// <c>{"transaction":{"n":7,"client":1,"stage":"commit","ops":[["a","list/1",5],["r","list/2",[1,4]]]}}</c>: a transaction that appends to lists and reads them.
/// </summary>
/// <param name="Number">Which.</param>
/// <param name="Client">Who runs it.</param>
/// <param name="Stage">How far it has come.</param>
/// <param name="Operations">What it did and saw; with <see cref="TransactionStage.Commit"/> alone.</param>
public sealed record TransactionMessage(long Number, int Client, TransactionStage Stage, IReadOnlyList<TransactionOperation> Operations) : WorkerMessage;
