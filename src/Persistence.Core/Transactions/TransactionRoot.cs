using Persistence.Diagnostics;
using Persistence.State;

namespace Persistence.Transactions;

/// <summary>What a transaction and all that are nested in it share.</summary>
internal sealed class TransactionRoot : ICommitCondition
{
    private readonly Dictionary<IStateModel, ITransactionView> _views = [];

    public TransactionRoot(ICommandSink sink, TimeProvider clock, bool isAudited, StoreMeter? meter)
    {
        Sink = sink;
        Clock = clock;
        IsAudited = isAudited;
        Meter = meter;
        Snapshot = sink.Horizon.Open();
        Commands = new CommandBatch { Condition = this };
    }

    public ICommandSink Sink { get; }

    public TimeProvider Clock { get; }

    public Snapshot Snapshot { get; }

    public CommandBatch Commands { get; }

    /// <summary>Whether the log is to tell of it when it is rolled back.</summary>
    public bool IsAudited { get; }

    /// <summary>Where it is measured, or null.</summary>
    public StoreMeter? Meter { get; }

    /// <summary>The innermost that is open.</summary>
    public Transaction? Innermost { get; set; }

    public TView GetView<TView>(IStateModel model, Func<TView> create)
        where TView : class, ITransactionView
    {
        if (_views.TryGetValue(model, out ITransactionView? known))
            return (TView)known;
        TView view = create();
        _views.Add(model, view);
        return view;
    }

    public Savepoint Mark() => new(Commands.Count, _views.Select(view => (view.Value, view.Value.ChangeCount)).ToArray());

    public void RollBackTo(Savepoint savepoint)
    {
#if MUTANTS
        if (!Mutants.Is(Mutants.InnerAbortApplied))
#endif
        Commands.Truncate(savepoint.CommandCount);
        foreach (ITransactionView view in _views.Values)
            view.RollBackTo(savepoint.ChangeCountOf(view));
    }

    public void Prepare()
    {
        foreach (ITransactionView view in _views.Values)
            view.Prepare();
    }

    public void End(bool isCommitted)
    {
        foreach (ITransactionView view in _views.Values)
            view.End(isCommitted);
    }

    void ICommitCondition.Check()
    {
#if MUTANTS
        if (Mutants.Is(Mutants.ConflictNotDetected))
            return;
#endif
        foreach (ITransactionView view in _views.Values)
        {
            if (view.FindConflict() is string conflict)
                throw new TransactionConflictException($"The transaction was rolled back: {conflict}.");
        }
    }
}
