using Persistence.Engine;
using Persistence.Entities;
using Persistence.State;
using Persistence.Wal;

namespace PersistenceModule;

/// <summary>A store's log that a command follows, and what it holds for that until it is disposed. An open handle is used as it is and left open.</summary>
internal sealed class WatchedLog : IDisposable
{
    private readonly StoreTarget _target;
    private readonly StoreHost _host;
    private readonly LogTail _tail;
    private EntitySchema? _schema;
    private bool _hasLooked;

    private WatchedLog(StoreTarget target, StoreHost host, LogTail tail)
    {
        _target = target;
        _host = host;
        _tail = tail;
    }

    /// <summary>The full path of the store.</summary>
    public string Directory => _target.Directory;

    /// <summary>The next entry may be there.</summary>
    public long Position => _tail.Position.Value;

    /// <summary>Begins to follow it.</summary>
    public static WatchedLog Open(StoreTarget target, Lsn? from, LogTailOptions options)
    {
        target.Store?.RequireOpen(StoreAccess.Read);
        StoreHost host = target.Store?.Host ?? StoreHost.ForDirectory(target.Directory);
        try
        {
            return new WatchedLog(target, host, PersistenceStore.Tail(host, from, options));
        }
        catch
        {
            Release(target, host);
            throw;
        }
    }

    /// <summary>The next record, or null when there is none yet.</summary>
    public LogEntry? TryRead() => _tail.TryRead();

    /// <summary>Waits until it is time to look again.</summary>
    public void Wait(CancellationToken cancellation) => _tail.Wait(cancellation);

    /// <summary>The handle it is followed through has come across a type of application records.</summary>
    public void RememberType(string type) => _target.Store?.RememberType(type);

    /// <summary>What tables and fields of entities are called, for a record about to be shown; null: nobody knows. Without a handle it is looked up, and again once the schema has changed.</summary>
    public EntitySchema? FindSchema(RecordType type)
    {
        if (_target.Store is WalStore open)
            return open.Entities.Schema;
        if (!EntityChange.Is(type) && type != RecordType.RolledBackTransaction)
            return _schema;
        if (EntityChange.Is(type) && (EntityRecordKind)type.Kind <= EntityRecordKind.FieldWidened)
            _hasLooked = false;
        if (!_hasLooked)
            _schema = CompletionStore.Look<EntitySchema>(_target.Directory, static look => (EntitySchema[])[look.Entities.Schema]).FirstOrDefault();
        _hasLooked = true;
        return _schema;
    }

    public void Dispose()
    {
        _tail.Dispose();
        Release(_target, _host);
    }

    private static void Release(StoreTarget target, StoreHost host)
    {
        if (target.Store is null)
            WalStore.Release(host);
    }
}
