using System.Management.Automation;
using Persistence.Diagnostics;
using Persistence.Entities;
using Persistence.Files;
using Persistence.KeyValue;
using Persistence.State;
using Persistence.Transactions;

namespace PersistenceModule;

/// <summary>
/// A transaction on an open store: what the script block of Use-WalTransaction is given, and what Start-WalTransaction returns. It reads the
/// store as it was when it began, with its own changes. Nothing of it is in the log, and nobody else sees anything of it, before it is committed.
/// </summary>
public sealed class WalTransaction : IStateItems, IDisposable
{
    private readonly Transaction _transaction;
    private readonly WalTransaction? _outer;
    private readonly WalTransaction _outermost;
    private readonly StoreScope _scope;
    private readonly StoreLease? _lease;
    private readonly bool _isOfBlock;

    // One thread at a time: the outermost's lock is for all that are nested in it, and so is what is noted of a conflict.
    private readonly object _gate = new();
    private bool _hasConflict;

    private WalTransaction(WalStore store, Transaction transaction, WalTransaction? outer, StoreLease? lease, bool isOfBlock)
    {
        Store = store;
        BeginTime = store.Clock.GetLocalNow();
        _transaction = transaction;
        _outer = outer;
        _outermost = outer?._outermost ?? this;
        _lease = lease;
        _isOfBlock = isOfBlock;
        _scope = StoreScopes.Enter(store, this);
        if (outer is null)
            store.Remember(this);
    }

    /// <summary>The store it changes.</summary>
    public WalStore Store { get; }

    /// <summary>What has become of it.</summary>
    public TransactionStatus Status => _transaction.Status;

    /// <summary>How many transactions it is nested in.</summary>
    public int Depth => _transaction.Depth;

    /// <summary>How many changes it holds, those nested in it included; 0 once it has ended.</summary>
    public int ChangeCount => _transaction.ChangeCount;

    /// <summary>When it began.</summary>
    public DateTimeOffset BeginTime { get; }

    internal bool IsActive => Status == TransactionStatus.Active;

    /// <summary>
    /// Whether it has ended and nothing more is to be expected for it: a command or a script ended it on purpose. One that is not of a block is settled
    /// as well when it could not be committed, and when its store is closed.
    /// </summary>
    internal bool IsSettled { get; private set; }

    /// <summary>
    /// Whether commands on its store take part in it. One that has ended by itself (its time, a conflict) stays current until it is settled: what
    /// belongs to it is refused then, and not done without it.
    /// </summary>
    internal bool IsCurrent => IsActive || !(IsSettled || (!_isOfBlock && _outer is { IsCurrent: false }));

    /// <summary>Whether it cannot be committed because of what others have committed meanwhile, and could be if it were run again.</summary>
    internal bool HasConflict => _outermost._hasConflict;

    private KeyValueTransaction Items => Store.State.In(_transaction);

    private FileTransaction FileChanges => Store.FileState.In(_transaction);

    /// <summary>Begins one, nested in the innermost that this runspace has open on the store. It is current in this runspace until it ends.</summary>
    /// <param name="store">The store.</param>
    /// <param name="timeout">After so long it is rolled back; null: never.</param>
    /// <param name="lease">The store, where it was opened for the transaction: closed when that has ended. Only if it begins.</param>
    /// <param name="isOfBlock">Whether it is that of a block, at whose end it is disposed of.</param>
    /// <exception cref="StoreException">StoreClosed, StoreReadOnly, NestedTransaction, TransactionAborted; ConfigurationInvalid: the timeout.</exception>
    internal static WalTransaction Begin(WalStore store, TimeSpan? timeout, StoreLease? lease = null, bool isOfBlock = false)
    {
        TransactionOptions options = new() { Timeout = timeout };
        return StoreScopes.FindTransaction(store) is WalTransaction outer
            ? outer.BeginNested(options, isOfBlock)
            : new WalTransaction(store, store.Engine.BeginTransaction(options), null, lease, isOfBlock);
    }

    /// <summary>Begins one that is nested in this one.</summary>
    internal WalTransaction BeginNested(TransactionOptions? options = null, bool isOfBlock = false) =>
        new(Store, Do(() => _transaction.Begin(options)), this, null, isOfBlock);

    /// <summary>Reads a state item. What is read must not be changed by others before the transaction is committed.</summary>
    /// <returns>Its value, or null when there is none; <see cref="Contains"/> tells that from a value that is null.</returns>
    public object? Get(string key) => Find(key) is KeyValueItem item ? ValueCodec.Decode(item.Value.Span) : null;

    /// <summary>Whether there is a state item of that key.</summary>
    public bool Contains(string key) => Find(key) is not null;

    /// <summary>Writes a state item.</summary>
    public void Set(string key, object? value) => Write(key, ValueCodec.Encode(value).ToArray());

    /// <summary>Deletes a state item; one that is not there is no error.</summary>
    public void Remove(string key) => Delete(key);

    /// <summary>Adds an application record.</summary>
    public void AddRecord(string type, object? value) => Append(type, ValueCodec.Encode(value).ToArray());

    /// <summary>
    /// Adds a condition that must be met when the transaction is committed. The script is given the transaction, and is part of it. It must put out something
    /// true: nothing, nothing but false, and an error roll the transaction back. It sees the variables it was added among, as they were then.
    /// </summary>
    /// <param name="name">What the condition is called in errors.</param>
    /// <param name="script">Looks at the transaction.</param>
    public void AddValidator(string name, ScriptBlock script)
    {
        ArgumentNullException.ThrowIfNull(script);
        ValidatorScript validator = new(script);
        Do(() => _transaction.AddValidator(name, () => validator.IsMet(this)));
    }

    /// <summary>Writes a file into the store, new or in place of the one of that name, as text in UTF-8.</summary>
    /// <param name="name">At most 200 bytes of UTF-8, without a directory.</param>
    /// <param name="content">All of it.</param>
    public void WriteFile(string name, string content)
    {
        ArgumentNullException.ThrowIfNull(content);
        WriteFile(name, FileText.Encode(content));
    }

    /// <summary>As <see cref="WriteFile(string, string)"/>, byte by byte.</summary>
    public void WriteFile(string name, byte[] content)
    {
        ArgumentNullException.ThrowIfNull(content);
        Do(() => FileChanges.Write(name, content));
    }

    /// <summary>As <see cref="WriteFile(string, string)"/>, a copy of the file at a path.</summary>
    public void ImportFile(string name, string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using FileStream content = File.OpenRead(StorePaths.ResolveLiteral(StorePaths.CurrentPaths(), path));
        Do(() => FileChanges.Write(name, content));
    }

    /// <summary>Reads a file of the store.</summary>
    /// <returns>Its content, or null when there is none of that name.</returns>
    public byte[]? ReadFile(string name) => Do(() => FileChanges.Read(name));

    /// <summary>As <see cref="ReadFile"/>, as text in UTF-8.</summary>
    public string? ReadFileText(string name) => FileText.Decode(ReadFile(name));

    /// <summary>Deletes a file of the store; one that is not there is no error.</summary>
    public void RemoveFile(string name) => Do(() => FileChanges.Delete(name));

    /// <summary>Rolls back unless it has ended. Reports no failure.</summary>
    public void Dispose()
    {
        lock (_outermost._gate)
        {
            IsSettled |= Status != TransactionStatus.Unknown;
            _transaction.Dispose();
        }

        _scope.Leave();
        LetGo();
        _lease?.Dispose();
    }

    /// <summary>The store and the status.</summary>
    public override string ToString() => $"{Store.Path} ({Status})";

    IReadOnlyList<KeyValueItem> IStateItems.FindByPrefix(string prefix) => Do(() => Items.FindByPrefix(prefix));

    KeyValueItem? IStateItems.Find(string key) => Find(key);

    KeyValueItem IStateItems.Write(string key, byte[] value)
    {
        Write(key, value);
        return Find(key)!;
    }

    KeyValueItem? IStateItems.TryDelete(string key)
    {
        KeyValueItem? item = Find(key);
        if (item is not null)
            Delete(key);
        return item;
    }

    internal KeyValueItem? Find(string key)
    {
        KeyRules.Require(key);
        return Do(() => Items.Find(key));
    }

    internal void Write(string key, byte[] value)
    {
        KeyRules.Require(key);
        Do(() => Items.Set(key, value));
    }

    internal void Delete(string key)
    {
        KeyRules.Require(key);
        Do(() => Items.Delete(key));
    }

    internal void Append(string type, byte[] value)
    {
        Do(() => _transaction.AppendRecord(type, value));
        Store.RememberType(type);
    }

    /// <summary>Does something with the entities as the transaction sees them.</summary>
    internal T WithEntities<T>(Func<EntityTransaction, T> work) => Do(() => work(Store.Entities.In(_transaction)));

    /// <summary>Commits: the outermost one durably, as the store's mode promises. A store that was opened for it is closed.</summary>
    /// <exception cref="StoreException">As <see cref="Transaction.Commit"/> says; or the store could not be closed, and the transaction is committed.</exception>
    internal CommitResult Commit()
    {
        CommitResult result;
        try
        {
            result = Do(() =>
            {
                // Before anybody is kept from committing: validators may take their time.
                _transaction.Validate();
                using WalStore.SharedCommit commit = Store.EnterCommit();
                return _transaction.Commit();
            });
        }
        finally
        {
            Settle();
        }

        IsSettled = true;
        _lease?.Close();
        return result;
    }

    /// <summary>Rolls back. A store that was opened for it is closed.</summary>
    /// <exception cref="StoreException">TransactionAborted: it is committed already. It is rolled back, and that could not be noted; or the store could not be closed.</exception>
    internal void Rollback()
    {
        Do(() =>
        {
            if (Status == TransactionStatus.Committed)
                _transaction.RequireActive();
            IsSettled |= Status != TransactionStatus.Unknown;
            _transaction.Rollback();
        });
        _lease?.Close();
    }

    /// <summary>The store is about to be closed.</summary>
    internal void Abandon()
    {
        lock (_gate)
            _transaction.Dispose();
        Settle();
        LetGo();
    }

    private void Do(Action work) => Do(() =>
    {
        work();
        return true;
    });

    private T Do<T>(Func<T> work)
    {
        try
        {
            lock (_outermost._gate)
                return work();
        }
        catch (StoreException e)
        {
            _outermost._hasConflict |= e is TransactionConflictException;
            if (!_outermost.IsActive)
                _outermost._lease?.Dispose();
            throw;
        }
        finally
        {
            LetGo();
        }
    }

    /// <summary>If it has ended, that is known now: but not in its block, where more is to come.</summary>
    private void Settle() => IsSettled |= !IsActive && !_isOfBlock;

    /// <summary>What is not current any more leaves the scopes.</summary>
    private void LetGo()
    {
        if (!IsCurrent)
            _scope.Leave();
        if (_outermost.IsActive)
            return;
        if (!_outermost.IsCurrent)
            _outermost._scope.Leave();
        Store.Forget(_outermost);
    }
}
