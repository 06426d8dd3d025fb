using System.Management.Automation;
using Persistence.Diagnostics;

namespace PersistenceModule;

/// <summary>A command that begins a transaction on one store: given by path, as an open handle, or the current one.</summary>
public abstract class BeginTransactionCmdlet : WalCmdlet
{
    private StoreTarget? _target;
    private bool _storesArePiped;

    /// <summary>The store's directory.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = TransactionSets.Path)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string? Path { get; set; }

    /// <summary>The store's directory, taken as it is.</summary>
    [Parameter(Mandatory = true, ParameterSetName = TransactionSets.LiteralPath)]
    [Alias("PSPath")]
    [ValidateNotNullOrEmpty]
    public string? LiteralPath { get; set; }

    /// <summary>An open store; it stays open.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = TransactionSets.Store, ValueFromPipeline = true)]
    [ValidateNotNull]
    public WalStore? Store { get; set; }

    /// <summary>After so long the transaction is rolled back when it is next used; a number is seconds.</summary>
    [Parameter]
    [DurationTransformation]
    public TimeSpan? Timeout { get; set; }

    /// <summary>How long to wait for another writer to leave; a number is seconds.</summary>
    [Parameter(ParameterSetName = TransactionSets.Path)]
    [Parameter(ParameterSetName = TransactionSets.LiteralPath)]
    [DurationTransformation]
    public TimeSpan LockTimeout { get; set; }

    private protected override object? ErrorTarget => Store?.Path ?? LiteralPath ?? Path ?? StorePath;

    private protected override string? StorePath => _target?.Directory;

    /// <summary>What the transaction is for, once it is agreed to.</summary>
    private protected abstract string Action { get; }

    private protected abstract void BeginOn(StoreTarget target);

    private protected sealed override void Begin() => _storesArePiped = MyInvocation.ExpectingInput && Store is null;

    private protected sealed override void Process()
    {
        // A handle from the pipeline that is of no use does not keep the others from their turn.
        if (_storesArePiped && Store is not null && !IsWritable(Store))
            return;
        _target = FindTarget();
        if (ShouldProcess(_target.Directory, Action))
            BeginOn(_target);
    }

    /// <summary>The store, open for writing.</summary>
    private protected StoreLease Lease(StoreTarget target)
    {
        StoreLease lease = LeaseWriter(target, GivenLockTimeout(LockTimeout));
        lease.Store.RequireOpen(StoreAccess.Write);
        return lease;
    }

    private bool IsWritable(WalStore store)
    {
        try
        {
            store.RequireOpen(StoreAccess.Write);
            return true;
        }
        catch (StoreException e)
        {
            WriteError(ErrorRecords.From(e, store.Path, store.Path));
            return false;
        }
    }

    private StoreTarget FindTarget()
    {
        if (Store is not null)
            return new StoreTarget(Store);
        if (LiteralPath is not null)
            return new StoreTarget(StorePaths.ResolveLiteral(this, LiteralPath), null);
        return Path is null
            ? new StoreTarget(StoreScopes.Current ?? throw ErrorRecords.StoreNotSpecified())
            : new StoreTarget(StorePaths.ResolveOne(this, Path), null);
    }
}
