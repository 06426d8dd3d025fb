namespace Persistence.State;

/// <summary>A transaction, or a nested one, as state models see it.</summary>
public interface ITransaction
{
    /// <summary>What it reads, beside its own changes.</summary>
    Snapshot Snapshot { get; }

    /// <summary>Where commands go that are to be committed with it.</summary>
    CommandBatch Commands { get; }

    /// <summary>What a model keeps for this transaction and all it is nested in.</summary>
    /// <param name="model">The model.</param>
    /// <param name="create">Makes it the first time.</param>
    TView GetView<TView>(IStateModel model, Func<TView> create)
        where TView : class, ITransactionView;

    /// <summary>Refuses what may not be done any more, or not now.</summary>
    /// <exception cref="Diagnostics.StoreException">TransactionAborted when it has ended or its time is over, NestedTransaction while one nested in it is open.</exception>
    void RequireActive();
}
