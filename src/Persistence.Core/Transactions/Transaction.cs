using Persistence.Diagnostics;
using Persistence.Platform;
using Persistence.State;

namespace Persistence.Transactions;

/// <summary>
/// Changes that count all together or not at all. It reads the states as they were when it began, with its own changes, and can be committed if nothing
/// it has read was changed by others meanwhile (isolation level: serializable, and strictly so: what was acknowledged before it began is visible to it). Others never wait for it. Until it is committed nothing of
/// it is in the log. Nested to any depth: an inner one that is rolled back undoes its own part only. One thread at a time.
/// </summary>
public sealed class Transaction : ITransaction, IDisposable
{
    private readonly TransactionRoot _root;
    private readonly Transaction? _parent;
    private readonly Savepoint _savepoint;
    private readonly List<Validator> _validators = [];
    private readonly Deadline _deadline;
    private readonly TracedOperation _operation;
    private (int Commands, int Validators)? _validated;
    private bool _isValidating;

    internal Transaction(TransactionRoot root, TransactionOptions? options, Transaction? parent = null)
    {
        _root = root;
        _parent = parent;
        _deadline = new Deadline(root.Clock, options?.Timeout ?? Timeout.InfiniteTimeSpan);
        _savepoint = root.Mark();
        root.Innermost = this;
        Depth = parent is null ? 0 : parent.Depth + 1;
        _operation = root.Meter?.BeginTransaction(parent?._operation ?? default) ?? default;
    }

    /// <summary>What has become of it.</summary>
    public TransactionStatus Status { get; private set; }

    /// <summary>How many transactions it is nested in.</summary>
    public int Depth { get; }

    /// <summary>How many changes it holds, those nested in it included.</summary>
    public int ChangeCount => Status == TransactionStatus.Active ? GatheredCount : 0;

    /// <inheritdoc/>
    public Snapshot Snapshot => _root.Snapshot;

    CommandBatch ITransaction.Commands => _root.Commands;

    private int GatheredCount => _root.Commands.Count - _savepoint.CommandCount;

    /// <summary>Begins one nested in this. Until it has ended, this one can be neither used nor committed.</summary>
    /// <param name="options">Its own; the time of those it is nested in goes on for it too.</param>
    public Transaction Begin(TransactionOptions? options = null)
    {
        RequireActive();
        return new Transaction(_root, options, this);
    }

    /// <summary>Adds an application record.</summary>
    /// <param name="type">The application's name for what it is.</param>
    /// <param name="value">One MessagePack value.</param>
    public void AppendRecord(string type, ReadOnlySpan<byte> value)
    {
        RequireActive();
        ApplicationRecord.AddTo(_root.Commands, type, value);
    }

    /// <summary>Adds a condition that must be met when it is committed: what it reads of the transaction then is what is about to be committed.</summary>
    /// <param name="name">What it is called in errors.</param>
    /// <param name="isMet">False, an exception, or a change of the transaction, which others may have looked at before: the transaction is rolled back. It must not commit it.</param>
    public void AddValidator(string name, Func<bool> isMet)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(isMet);
        RequireActive();
        _validators.Add(new Validator(name, isMet));
    }

    /// <summary>Looks whether its validators are met. A commit does so too, unless nothing was changed in between.</summary>
    /// <exception cref="StoreException">ValidationFailed: it is rolled back, unless it was a validator who asked. TransactionAborted, NestedTransaction.</exception>
    public void Validate()
    {
        RequireActive();
        if (_isValidating)
            throw new StoreException(StoreError.ValidationFailed, "A validator can neither validate nor commit the transaction that asks it.");
        _isValidating = true;
        try
        {
            CheckValidators();
        }
        finally
        {
            _isValidating = false;
        }

        // A validator may have rolled it back, or left another one open.
        RequireActive();
        _validated = (_root.Commands.Count, _validators.Count);
    }

    /// <summary>
    /// Commits. The outermost one is logged and applied as one atomic step, and durable on return as the store's mode or <paramref name="durability"/> promises; one nested is taken over by
    /// the one it is nested in.
    /// </summary>
    /// <returns>Where it is in the log; of one nested, and of one without changes, nothing.</returns>
    /// <exception cref="StoreException">
    /// ValidationFailed, TransactionAborted (a conflict, or its time is over), or the content of a file could not be synced: it is rolled back. NestedTransaction: one nested in it is open. StoreFaulted: the outcome is unknown until the store is opened again.
    /// Anything else, DiskFull for one: nothing was logged, it is open as before and can be committed again or rolled back.
    /// </exception>
    public CommitResult Commit(CommitDurability durability = CommitDurability.Store)
    {
        if (!PrepareToCommit())
            return default;
        CommitResult result;
        try
        {
            result = _root.Sink.Commit(_root.Commands, durability);
        }
        catch (Exception e)
        {
            NoteFailure(e);
            throw;
        }

        End(TransactionStatus.Committed, TransactionOutcome.Committed);
        return result;
    }

    /// <summary>As <see cref="Commit"/>, without blocking the caller on the flush. Until the task has completed the transaction takes nothing, and cannot be rolled back.</summary>
    public async ValueTask<CommitResult> CommitAsync(CommitDurability durability = CommitDurability.Store)
    {
        if (!PrepareToCommit())
            return default;
        CommitResult result;
        try
        {
            result = await _root.Sink.CommitAsync(_root.Commands, durability).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            NoteFailure(e);
            throw;
        }

        End(TransactionStatus.Committed, TransactionOutcome.Committed);
        return result;
    }

    /// <summary>Rolls back: nothing of it counts, nor of what is nested in it. Nothing happens when it has ended already.</summary>
    /// <exception cref="StoreException">TransactionAborted: its commit is under way. Otherwise: it is rolled back, and the record of that which the store's options ask for could not be logged.</exception>
    public void Rollback()
    {
        if (Status == TransactionStatus.Committing)
            RequireActive();
        RollBack("rolled back");
    }

    /// <summary>Rolls back unless it has ended or its commit is under way. Reports no failure.</summary>
    public void Dispose() => RollBackQuietly("rolled back");

    TView ITransaction.GetView<TView>(IStateModel model, Func<TView> create) => _root.GetView(model, create);

    /// <inheritdoc/>
    public void RequireActive()
    {
        if (Status != TransactionStatus.Active)
            throw new StoreException(StoreError.TransactionAborted, $"The transaction takes nothing more: {Describe(Status)}.");
        // Whoever closes it takes away what conflicts are found by.
        _root.Snapshot.RequireOpen();
        if (!ReferenceEquals(_root.Innermost, this))
            throw new StoreException(StoreError.NestedTransaction, "A transaction nested in this one is open. Commit it or roll it back first.");
        for (Transaction? late = this; late is not null; late = late._parent)
        {
            if (!late._deadline.IsOver)
                continue;
            throw late.Abort("its time was over", new StoreException(StoreError.TransactionAborted, "The transaction was rolled back: its time was over."));
        }
    }

    /// <returns>Whether there is something to log.</returns>
    private bool PrepareToCommit()
    {
        RequireActive();
        if (_isValidating || _validated != (_root.Commands.Count, _validators.Count))
            Validate();
        if (_parent is not null)
        {
            Status = TransactionStatus.Committed;
            _root.Innermost = _parent;
            Tell(TransactionOutcome.Committed, GatheredCount);
            return false;
        }

        if (_root.Commands.Count == 0)
        {
            End(TransactionStatus.Committed, TransactionOutcome.Committed);
            return false;
        }

        MakeDurableWhatItRestsOn();
        Status = TransactionStatus.Committing;
        return true;
    }

    /// <summary>What could not be synced is not to be trusted, nor synced again.</summary>
    private void MakeDurableWhatItRestsOn()
    {
        try
        {
            _root.Prepare();
        }
        catch (StoreException e)
        {
            Abort("content could not be made durable", e);
            throw;
        }
    }

    private void CheckValidators()
    {
        // By number: a validator may add another.
        for (int i = 0; i < _validators.Count; i++)
        {
            Validator validator = _validators[i];
            int changes = ChangeCount;
            Exception? cause = null;
            try
            {
                bool isMet = validator.IsMet();
                if (Status == TransactionStatus.Active && ChangeCount != changes)
                    throw new InvalidOperationException("It has changed the transaction.");
                if (isMet)
                    continue;
            }
#pragma warning disable CA1031 // Whatever it throws is the answer, and is passed on.
            catch (Exception e)
            {
                cause = e;
            }
#pragma warning restore CA1031
            throw Abort(
                $"the validator '{validator.Name}' was not met",
                new StoreException(StoreError.ValidationFailed, $"The transaction was rolled back: the validator '{validator.Name}' was not met{(cause is null ? "" : $" ({cause.Message})")}.", cause));
        }
    }

    /// <summary>A commit has failed; as an error of the store it is counted there. Where nothing was logged the transaction is open as before, unless there was a conflict.</summary>
    private void NoteFailure(Exception failure)
    {
        StoreException? known = failure as StoreException;
        if (known is TransactionConflictException)
            _root.Meter?.TransactionConflicted();
        if (known?.Error == StoreError.StoreFaulted)
        {
            End(TransactionStatus.Unknown, TransactionOutcome.Unknown, known);
            return;
        }

        Status = TransactionStatus.Active;
        if (known?.Error == StoreError.TransactionAborted)
            RollBackQuietly("a conflict", known);
    }

    /// <summary>Rolls back because of a failure that is found here.</summary>
    /// <returns>The failure, to be thrown.</returns>
    private StoreException Abort(string reason, StoreException cause)
    {
        _root.Meter?.Failed(cause, TracedOperation.Transaction);
        RollBackQuietly(reason, cause);
        return cause;
    }

    /// <summary>For where another failure is to be reported, or none.</summary>
    private void RollBackQuietly(string reason, StoreException? cause = null)
    {
        try
        {
            RollBack(reason, cause);
        }
        catch (StoreException)
        {
            // It is rolled back all the same; what is missing is a record for audits.
        }
    }

    /// <param name="reason">Why, for the log.</param>
    /// <param name="cause">The failure that keeps it from being committed; null: it is not wanted any more.</param>
    private void RollBack(string reason, StoreException? cause = null)
    {
        if (Status != TransactionStatus.Active)
            return;
        TransactionOutcome outcome = cause is null ? TransactionOutcome.RolledBack : TransactionOutcome.Aborted;
        for (Transaction? nested = _root.Innermost; nested is not null && !ReferenceEquals(nested, this); nested = nested._parent)
        {
            nested.Status = TransactionStatus.RolledBack;
            nested.Tell(outcome, nested.GatheredCount, cause);
        }

        if (_parent is not null)
        {
            int changes = GatheredCount;
            _root.RollBackTo(_savepoint);
            _root.Innermost = _parent;
            Status = TransactionStatus.RolledBack;
            Tell(outcome, changes, cause);
            return;
        }

        bool isAudited = _root.IsAudited && _root.Commands.Count > 0;
        End(TransactionStatus.RolledBack, outcome, cause);
        if (isAudited)
            Audit(reason);
    }

    private void Audit(string reason)
    {
        CommandBatch note = new();
        TransactionRecords.AddRolledBack(note, reason, _root.Commands);
        _root.Sink.Commit(note);
    }

    /// <summary>The end of the outermost.</summary>
    private void End(TransactionStatus status, TransactionOutcome outcome, StoreException? cause = null)
    {
        Status = status;
        _root.Innermost = null;
        _root.Snapshot.Dispose();
        if (status != TransactionStatus.Unknown)
            _root.End(status == TransactionStatus.Committed);
        _root.Meter?.TransactionEnded(outcome, _deadline.Elapsed);
        Tell(outcome, GatheredCount, cause);
    }

    /// <summary>Tells those who trace it how it ended.</summary>
    private void Tell(TransactionOutcome outcome, int changes, StoreException? cause = null)
    {
        if (!_operation.IsTraced)
            return;
        _operation.Tag(TelemetryTags.Outcome, StoreMeter.NameOf(outcome));
        _operation.Tag(TelemetryTags.Changes, changes);
        if (_parent is null && outcome == TransactionOutcome.Committed)
            _operation.Tag(TelemetryTags.SeveralFrames, _root.Commands.TakesSeveralFrames);
        if (cause is not null)
            _operation.Mark(cause);
        _operation.Dispose();
    }

    private static string Describe(TransactionStatus status) => status switch
    {
        TransactionStatus.Committing => "its commit is under way",
        TransactionStatus.Committed => "it was committed",
        TransactionStatus.Unknown => "the store failed in the middle of its commit",
        _ => "it was rolled back",
    };
}
