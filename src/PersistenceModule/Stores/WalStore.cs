using System.Collections.Concurrent;
using Persistence.Configuration;
using Persistence.Diagnostics;
using Persistence.Engine;
using Persistence.Entities;
using Persistence.Files;
using Persistence.KeyValue;
using Persistence.Locking;
using Persistence.Recovery;
using Persistence.State;
using Persistence.Terminals;

namespace PersistenceModule;

/// <summary>
/// An open store. Give it to the commands as -Store; close it with Close-WalStore or by disposing it. Thread-safe: one handle may
/// be used by many runspaces at once, as <c>$using:store</c> for example.
/// </summary>
public sealed class WalStore : IStateItems, IDisposable
{
    private const int KnownTypesMax = 256;

    // Commits share it. A commit that wants to know exactly what it replaced has it alone.
    private readonly ReaderWriterLockSlim _commits = new();
    private readonly ConcurrentDictionary<string, byte> _types = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<WalTransaction, byte> _transactions = new(ReferenceEqualityComparer.Instance);
    private readonly object _closing = new();
    private readonly StoreHost _host;

    private WalStore(string path, StoreHost host, PersistenceStore engine, KeyValueState state, FileState files, TerminalState terminals, EntityState entities)
    {
        Path = path;
        _host = host;
        Engine = engine;
        State = state;
        FileState = files;
        Entities = entities;
        Panes = new StorePanes(terminals, host, () => engine.Options, Closed);
    }

    /// <summary>The full path of its directory.</summary>
    public string Path { get; }

    /// <summary>Which store it is, wherever its directory lies.</summary>
    public Guid StoreId => Engine.StoreId;

    /// <summary>Whether it is open.</summary>
    public bool IsOpen => !Engine.IsClosed;

    /// <summary>Whether it is open for reading only; it then shows the state at the moment of opening.</summary>
    public bool IsReadOnly => Engine.IsReadOnly;

    /// <summary>When a commit becomes durable.</summary>
    public DurabilityMode Durability => Engine.Options.Durability;

    /// <summary>How many state items there are.</summary>
    public int ItemCount => State.Count;

    /// <summary>The files that transactions have written into it, in order of their names.</summary>
    public IReadOnlyList<StoredFile> Files => FileState.List();

    /// <summary>How many terminal sessions there are.</summary>
    public int SessionCount => Panes.Tree.Sessions.Count;

    /// <summary>How many entities there are.</summary>
    public int EntityCount => Entities.Count;

    /// <summary>In how many panes a program of this process runs; closing the handle hangs them up.</summary>
    public int RunningPaneCount => Panes.Host?.LiveCount ?? 0;

    /// <summary>Everything below this position of the log is durable.</summary>
    public long DurableLsn => Engine.DurableLsn.Value;

    /// <summary>What opening found and did.</summary>
    public RecoveryReport Recovery => Engine.RecoveryReport;

    /// <summary>Types of application records this handle has written or read: for completion, which may not read the log.</summary>
    internal ICollection<string> KnownTypes => _types.Keys;

    internal StoreHost Host => _host;

    internal PersistenceStore Engine { get; }

    internal KeyValueState State { get; }

    internal FileState FileState { get; }

    internal StorePanes Panes { get; }

    internal EntityState Entities { get; }

    internal TimeProvider Clock => _host.Clock;

    internal static void Create(string directory, OptionOverrides given, CancellationToken stopWaiting)
    {
        StoreHost host = Remembering(StoreHost.ForNewDirectory(directory), directory);
        try
        {
            PersistenceStore.Create(host with { StopWaiting = stopWaiting }, ConfigurationFile.Load(host, given).Options);
        }
        finally
        {
            Release(host);
        }
    }

    internal static WalStore Open(string directory, OptionOverrides given, RecoveryMode mode, Action<RecoveryProgress>? progress, CancellationToken stopWaiting, RecoveryTarget? target = null) =>
        Open(directory, (host, models) => PersistenceStore.OpenConfigured(host with { StopWaiting = stopWaiting }, models, given, mode, progress, target));

    internal static WalStore OpenReadOnly(string directory, RecoveryMode mode, Action<RecoveryProgress>? progress, RecoveryTarget? target = null) =>
        Open(directory, (host, models) => PersistenceStore.OpenReadOnly(host, models, mode, progress, target));

    /// <summary>Opens for a quick look: see <see cref="QuickLookFiles"/>.</summary>
    internal static WalStore OpenToLook(string directory)
    {
        StoreHost host = StoreHost.ForDirectory(directory);
        return Open(directory, host with { Files = new QuickLookFiles(host.Files), Telemetry = null }, (look, models) => PersistenceStore.OpenReadOnly(look, models));
    }

    /// <summary>Opens to verify what the state says of other files. Nothing of it is measured.</summary>
    internal static WalStore OpenToVerify(string directory, Action<RecoveryProgress>? progress) =>
        Open(directory, StoreHost.ForDirectory(directory) with { Telemetry = null }, (host, models) => PersistenceStore.OpenReadOnly(host, models, RecoveryMode.Strict, progress));

    /// <summary>How the next opening would find a store configured.</summary>
    internal static StoreConfiguration ReadConfiguration(string directory) => With(directory, static host => ConfigurationFile.LoadOfStore(host));

    /// <summary>Does something to a store's configuration, whoever has it open.</summary>
    internal static void ChangeConfiguration(string directory, Action<StoreHost> change) => With(directory, host =>
    {
        change(host);
        return true;
    });

    /// <summary>Verifies a store's own files, whoever has it open.</summary>
    internal static IntegrityReport Inspect(string directory, Action<RecoveryProgress>? progress) => With(directory, host => StoreInspector.Inspect(host, progress));

    /// <summary>Does something with a store's directory without opening the store.</summary>
    internal static T With<T>(string directory, Func<StoreHost, T> work)
    {
        StoreHost host = StoreHost.ForDirectory(directory);
        try
        {
            return work(host);
        }
        finally
        {
            Release(host);
        }
    }

    /// <summary>Reads a file that a transaction has written.</summary>
    /// <returns>Its content, or null when there is none of that name.</returns>
    /// <exception cref="StoreException">ChecksumMismatch: it is not what was written. A failure of the files.</exception>
    public byte[]? ReadFile(string name) => FileState.Read(name);

    /// <summary>As <see cref="ReadFile"/>, as text in UTF-8.</summary>
    public string? ReadFileText(string name) => FileText.Decode(ReadFile(name));

    /// <summary>Closes it; transactions that are open are rolled back, and programs in panes are hung up. Closing twice is harmless.</summary>
    /// <exception cref="StoreException">The end could not be made durable; the store is released all the same.</exception>
    public void Close()
    {
        OpenStores.Remove(this);
        foreach (WalTransaction transaction in _transactions.Keys)
            transaction.Abandon();
        // One at a time: whoever comes second returns when the store is closed, not before.
        lock (_closing)
        {
            try
            {
                // What programs have written is logged while it can be.
                Panes.Close();
            }
            finally
            {
                CloseEngine();
            }
        }
    }

    private void CloseEngine()
    {
        try
        {
            Engine.Close();
        }
        finally
        {
            Release(_host);
        }
    }

    /// <summary>Closes it without reporting a failure: whatever was acknowledged is safe in the log.</summary>
    public void Dispose()
    {
        try
        {
            Close();
        }
        catch (StoreException)
        {
            // The next opening recovers.
        }
    }

    /// <summary>The path.</summary>
    public override string ToString() => Path;

    internal WalStoreInfo Describe() => new(this, LockOwner.TryRead(_host.Files));

    internal StoreException Closed() => new(StoreError.StoreClosed, $"The store '{Path}' is closed.");

    /// <summary>Refuses a closed handle, one that only reads as well when something is to be written.</summary>
    internal void RequireOpen(StoreAccess access)
    {
        if (!IsOpen)
            throw Closed();
        if (access == StoreAccess.Write && IsReadOnly)
            throw new StoreException(StoreError.StoreReadOnly, $"The store '{Path}' is open for reading only.");
    }

    /// <summary>States for the engine to fill, of everything that the module keeps in stores.</summary>
    internal static IStateModel[] CreateModels() => [new KeyValueState(), new FileState(), new TerminalState(), new EntityState()];

    /// <summary>Whether another process has it open for writing, as far as that can be told.</summary>
    internal bool IsHeldElsewhere()
    {
        if (LockOwner.TryRead(_host.Files) is not LockOwner owner)
            return false;
        bool isOfThisBoot = owner.HostName == _host.Process.HostName && owner.BootId == _host.Process.BootId;
        bool isOfOtherMachine = owner.HostName != _host.Process.HostName;
        return isOfOtherMachine || (isOfThisBoot && owner.ProcessId != _host.Process.ProcessId && _host.IsProcessAlive(owner.ProcessId, owner.StartTime));
    }

    /// <summary>Held during a commit that others may run beside.</summary>
    internal SharedCommit EnterCommit()
    {
        _commits.EnterReadLock();
        return new SharedCommit(_commits);
    }

    /// <summary>Commits a write, or a delete when there is no value, and tells what it replaced.</summary>
    internal CommitResult CommitReturningPrevious(string key, byte[]? value, out KeyValueItem? previous)
    {
        _commits.EnterWriteLock();
        try
        {
            previous = State.Find(key);
            return value is null ? State.Delete(key) : State.Set(key, value);
        }
        finally
        {
            _commits.ExitWriteLock();
        }
    }

    /// <summary>A transaction is open, and is to be rolled back when the store is closed.</summary>
    internal void Remember(WalTransaction transaction) => _transactions.TryAdd(transaction, 0);

    internal void Forget(WalTransaction transaction) => _transactions.TryRemove(transaction, out _);

    /// <summary>Waits until whatever is being committed can be seen.</summary>
    internal void AwaitCommits()
    {
        // In the other modes a commit is seen before it is flushed.
        if (Durability == DurabilityMode.Sync)
            Engine.Flush();
    }

    KeyValueItem? IStateItems.Find(string key)
    {
        KeyRules.Require(key);
        return State.Find(key);
    }

    IReadOnlyList<KeyValueItem> IStateItems.FindByPrefix(string prefix) => State.FindByPrefix(prefix);

    KeyValueItem IStateItems.Write(string key, byte[] value)
    {
        _commits.EnterWriteLock();
        try
        {
            State.Set(key, value);
            return State.Find(key)!;
        }
        finally
        {
            _commits.ExitWriteLock();
        }
    }

    /// <summary>Commits a batch as one step and empties it.</summary>
    /// <param name="batch">Writes.</param>
    /// <param name="wanted">Keys of it whose items are wanted.</param>
    /// <returns>The items it made of these keys, each once.</returns>
    internal IReadOnlyList<KeyValueItem> CommitReturningItems(KeyValueBatch batch, IReadOnlyCollection<string> wanted)
    {
        if (wanted.Count == 0)
        {
            using SharedCommit commit = EnterCommit();
            State.Commit(batch);
            return [];
        }

        _commits.EnterWriteLock();
        try
        {
            State.Commit(batch);
            return wanted.Distinct(StringComparer.Ordinal).Select(key => State.Find(key)!).ToArray();
        }
        finally
        {
            _commits.ExitWriteLock();
        }
    }

    KeyValueItem? IStateItems.TryDelete(string key)
    {
        _commits.EnterWriteLock();
        try
        {
            KeyValueItem? item = State.Find(key);
            if (item is not null)
                State.Delete(key);
            return item;
        }
        finally
        {
            _commits.ExitWriteLock();
        }
    }

    internal void RememberType(string type)
    {
        if (_types.Count < KnownTypesMax)
            _types.TryAdd(type, 0);
    }

    private static WalStore Open(string directory, Func<StoreHost, IStateModel[], PersistenceStore> open) => Open(directory, Remembering(StoreHost.ForDirectory(directory), directory), open);

    private static WalStore Open(string directory, StoreHost host, Func<StoreHost, IStateModel[], PersistenceStore> open)
    {
        try
        {
            KeyValueState state = new();
            FileState files = new();
            TerminalState terminals = new();
            EntityState entities = new();
            return new WalStore(directory, host, open(host, [state, files, terminals, entities]), state, files, terminals, entities);
        }
        catch
        {
            Release(host);
            throw;
        }
    }

    /// <summary>With what this process remembers of the store from one handle to the next.</summary>
    private static StoreHost Remembering(StoreHost host, string directory) =>
        host with { LockBreaker = LockBreakers.For(directory), ErrorFindings = () => ErrorWatch.FindingsOf(directory) };

    /// <summary>Lets go of the directory of a host that was made for one.</summary>
    internal static void Release(StoreHost host) => (host.Files as IDisposable)?.Dispose();

    /// <summary>The right to commit, until it is disposed on the same thread.</summary>
    internal readonly struct SharedCommit(ReaderWriterLockSlim commits) : IDisposable
    {
        public void Dispose() => commits.ExitReadLock();
    }
}
