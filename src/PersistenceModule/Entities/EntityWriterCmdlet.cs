using System.Management.Automation;
using Persistence.Diagnostics;
using Persistence.Entities;

namespace PersistenceModule;

/// <summary>
/// A command that changes entities: each item as a commit of its own, or all of the pipeline as one. An item that cannot be written is reported and the next one's turn comes; a store that cannot be written to ends the command.
/// </summary>
public abstract class EntityWriterCmdlet : EntityChangeCmdlet
{
    private readonly List<GatheredEdit> _gathered = [];
    private WalStore? _gatheredFor;
    private int _items;
    private int _refused;

    /// <summary>One atomic commit for the whole pipeline.</summary>
    [Parameter]
    public SwitchParameter AsTransaction { get; set; }

    /// <summary>Makes a change, if it is wanted: asked before the store is opened.</summary>
    /// <param name="origin">The store of the object that is changed, or null.</param>
    /// <param name="what">What is changed.</param>
    /// <param name="action">What is done.</param>
    /// <param name="prepare">Makes the change of what the command was given.</param>
    /// <param name="emit">What is returned of it once it is made; null for nothing.</param>
    /// <param name="target">What errors are about, where that is more than <paramref name="what"/>: the item that was given, to look at or to give again.</param>
    private protected void Change(StoreOrigin? origin, string what, string action, Func<WalStore, EntityEdit> prepare, Action<WalStore, EntityId>? emit, object? target = null)
    {
        _items++;
        StoreTarget place = FindTarget(origin, StoreAccess.Write);
        if (!ShouldProcess($"{what} ({place.Directory})", action))
            return;
        WalStore store = OpenToChange(place);
        ErrorRecord? error = Try(target ?? what, () =>
        {
            EntityEdit edit = prepare(store);
            Action<EntityId>? emitThis = emit is null ? null : entity => emit(store, entity);
            if (AsTransaction)
                Gather(store, new GatheredEdit(target ?? what, edit, emitThis));
            else
                Change(store, edit, emitThis);
        });
        if (error is null)
            return;
        _refused++;
        WriteError(error);
    }

    private protected override void End()
    {
        if (AsTransaction && _refused > 0)
            throw ErrorRecords.TransactionAborted(_refused, _items);
        if (_gatheredFor is WalStore store)
            CommitGathered(store);
        base.End();
    }

    private static void Change(WalStore store, EntityEdit edit, Action<EntityId>? emit)
    {
        EntityId entity = StoreScopes.EntitiesOf(store).Change(edit);
        emit?.Invoke(entity);
    }

    /// <summary>Whether a failure is of one change, and the next one may go well.</summary>
    private static bool IsOfItem(StoreError error) => error is StoreError.EntityNotFound or StoreError.StaleEntity or StoreError.TableNotFound or StoreError.FieldNotFound or StoreError.ComponentTypeMismatch
        or StoreError.ComponentExists or StoreError.ComponentNotFound or StoreError.ReferenceDangling or StoreError.RecordTooLarge;

    private void Gather(WalStore store, GatheredEdit edit)
    {
        if (!ReferenceEquals(_gatheredFor ??= store, store))
            throw ErrorRecords.TransactionAmbiguous();
        _gathered.Add(edit);
    }

    /// <summary>Begun when all of them are there: what else the pipeline does meanwhile is no part of it.</summary>
    private void CommitGathered(WalStore store)
    {
        store.RequireOpen(StoreAccess.Write);
        List<(GatheredEdit Edit, EntityId Entity)> made = [];
        List<ErrorRecord> errors = CommitGathered(store, made);
        errors.ForEach(WriteError);
        if (errors.Count > 0)
            throw ErrorRecords.TransactionAborted(errors.Count, _items);
        WriteVerbose($"Committed {made.Count} changes as one transaction.");
        foreach ((GatheredEdit edit, EntityId entity) in made)
            edit.Emit?.Invoke(entity);
    }

    /// <summary>Again, if somebody else has changed what it goes by: all that it needs is here. One that is nested its outer one has to repeat.</summary>
    /// <returns>Why it was rolled back; nothing when it was committed.</returns>
    private List<ErrorRecord> CommitGathered(WalStore store, List<(GatheredEdit Edit, EntityId Entity)> made)
    {
        while (true)
        {
            made.Clear();
            using WalTransaction transaction = WalTransaction.Begin(store, timeout: null);
            try
            {
                return CommitGathered(transaction, made);
            }
            catch (StoreException) when (transaction is { HasConflict: true, Depth: 0 })
            {
                WriteVerbose("What the transaction goes by was changed by another commit. Running it again.");
            }

            store.AwaitCommits();
        }
    }

    private List<ErrorRecord> CommitGathered(WalTransaction transaction, List<(GatheredEdit Edit, EntityId Entity)> made)
    {
        List<ErrorRecord> errors = [];
        TransactionEntities entities = new(transaction);
        foreach (GatheredEdit edit in _gathered)
        {
            StopToken.ThrowIfCancellationRequested();
            if (Try(edit.Target, () => made.Add((edit, entities.Change(edit.Edit)))) is ErrorRecord error)
                errors.Add(error);
        }

        if (errors.Count == 0)
            transaction.Commit();
        return errors;
    }

    /// <returns>Why it could not be done; null when it was.</returns>
    private ErrorRecord? Try(object target, Action change)
    {
        try
        {
            change();
            return null;
        }
        catch (StoreException e) when (IsOfItem(e.Error))
        {
            return ToRecord(e, target, directory: null);
        }
        catch (WalCommandException e) when (e.ErrorId is ErrorIds.ItemInvalid or ErrorIds.ArgumentInvalid)
        {
            return ErrorRecords.From(e, target);
        }
        catch (ArgumentException e)
        {
            return ErrorRecords.From(ErrorRecords.ArgumentInvalid(e), target);
        }
    }
}
