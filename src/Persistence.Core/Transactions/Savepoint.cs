using Persistence.State;

namespace Persistence.Transactions;

/// <summary>How far a transaction had come when a nested one began.</summary>
/// <param name="CommandCount">Commands gathered.</param>
/// <param name="ChangeCounts">Changes in each model's view; a view that came later had none.</param>
internal sealed record Savepoint(int CommandCount, IReadOnlyList<(ITransactionView View, int Count)> ChangeCounts)
{
    public int ChangeCountOf(ITransactionView view) => ChangeCounts.FirstOrDefault(known => ReferenceEquals(known.View, view)).Count;
}
