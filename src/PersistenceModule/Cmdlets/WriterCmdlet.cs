using System.Management.Automation;
using Persistence.Diagnostics;

namespace PersistenceModule;

/// <summary>
/// A command that writes its items into a store: one that is opened when the first item needs it and closed at the end, or an open
/// handle, which may come down the pipeline. An item that cannot be written is reported and the next one's turn comes; a store that
/// cannot be written to ends the command.
/// </summary>
public abstract class WriterCmdlet : WalCmdlet
{
    private StoreLease? _lease;
    private StoreTarget? _target;
    private bool _isStoreNamed;

    /// <summary>How long to wait for another writer to leave when the store is given by path; a number is seconds.</summary>
    [Parameter]
    [DurationTransformation]
    public TimeSpan LockTimeout { get; set; }

    /// <summary>What the command was given to find its store by.</summary>
    private protected abstract (string? Path, string? LiteralPath, WalStore? Store) Selection { get; }

    /// <summary>What errors about the current item call it: its key or type, or null when it has none.</summary>
    private protected abstract object? ItemName { get; }

    private protected override object? ErrorTarget => Selection.Store?.Path ?? Selection.LiteralPath ?? Selection.Path;

    private protected override string? StorePath => Selection.Store?.Path ?? _target?.Directory;

    /// <summary>The directory that will be written to, found without opening anything.</summary>
    private protected StoreTarget Target => Selection.Store is WalStore store ? new StoreTarget(store) : _target ??= FindTarget();

    /// <summary>Whether the current item is a handle.</summary>
    private protected bool IsStorePiped => !_isStoreNamed && Selection.Store is not null;

    /// <summary>Writes the current item.</summary>
    private protected abstract void ProcessItem();

    /// <summary>The current item was not written.</summary>
    private protected virtual void Refuse(ErrorRecord error) => WriteError(error);

    /// <summary>The store, open for writing.</summary>
    private protected WalStore RequireStore()
    {
        WalStore store = Selection.Store ?? (_lease ??= Lease()).Store;
        store.RequireOpen(StoreAccess.Write);
        return store;
    }

    private protected override void Begin() => _isStoreNamed = Selection.Store is not null;

    private protected override void Process()
    {
        if (new object?[] { Selection.Path, Selection.LiteralPath, Selection.Store }.Count(given => given is not null) > 1)
            throw ErrorRecords.StoreAmbiguous();
        try
        {
            ProcessItem();
        }
        catch (StoreException e) when (e.Error is StoreError.ValueNotSupported or StoreError.RecordTooLarge)
        {
            Refuse(ToRecord(e, ItemName, directory: null));
        }
        catch (StoreException e) when (IsStorePiped && e.Error is StoreError.StoreClosed or StoreError.StoreReadOnly)
        {
            Refuse(ToRecord(e, StorePath, StorePath));
        }
        catch (WalCommandException e) when (e.ErrorId is ErrorIds.KeyInvalid or ErrorIds.StateItemNotFound or ErrorIds.ItemInvalid)
        {
            Refuse(ErrorRecords.From(e, ItemName ?? StorePath));
        }
    }

    private protected override void End() => _lease?.Close();

    private protected override void Release() => _lease?.Dispose();

    private StoreTarget FindTarget() => Selection switch
    {
        { LiteralPath: string path } => new StoreTarget(StorePaths.ResolveLiteral(this, path), null),
        { Path: string path } => new StoreTarget(StorePaths.ResolveOne(this, path), null),
        _ => new StoreTarget(StoreScopes.Current ?? throw ErrorRecords.StoreNotSpecified()),
    };

    private StoreLease Lease() =>
        LeaseWriter(Target, GivenLockTimeout(LockTimeout));
}
