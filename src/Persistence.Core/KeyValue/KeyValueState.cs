using System.Text;
using Persistence.Diagnostics;
using Persistence.Serialization;
using Persistence.State;

namespace Persistence.KeyValue;

/// <summary>
/// Durable key-value state. Register it when a store is opened; then read and change it through this object. Thread-safe. A change is
/// visible when it is as durable as the store's mode promises.
/// </summary>
public sealed class KeyValueState : IStateModel
{
    // Previous values repeated in the log: the largest one, and in all of one commit but for values no larger than a reference.
    private const int PreviousBytesMax = 1 << 20;
    private const int PreviousBytesPerCommitMax = 4 << 20;
    private const int ReferenceBytes = 16;

    private readonly object _lock = new();

    // Under _lock: applied state, and the newest sequenced value (null: deleted) of keys changed since everything was last applied.
    private readonly VersionedItems _items = new();
    private readonly SequencedChanges<string, PendingValue> _pending = new();

    private ICommandSink? _sink;
    private SnapshotHorizon? _horizon;
    private KeyValueBatch? _spareBatch = new();

    /// <inheritdoc/>
    public StateModelId Id => StateModelId.KeyValue;

    /// <inheritdoc/>
    public byte SnapshotVersion => 1;

    /// <summary>How many keys there are.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _items.Count(VisibleNeedsLock);
        }
    }

    /// <summary>Keys with changes that are sequenced and not applied.</summary>
    internal int PendingCount
    {
        get
        {
            lock (_lock)
                return _pending.Count;
        }
    }

    /// <summary>Versions of items that are kept: one of each, and those that snapshots may ask for.</summary>
    internal int VersionCount
    {
        get
        {
            lock (_lock)
                return _items.VersionCount;
        }
    }

    /// <summary>Sets a key. Durable and visible on return, as the store's mode promises.</summary>
    /// <param name="key">1 to 4,096 bytes of UTF-8.</param>
    /// <param name="value">One MessagePack value.</param>
    /// <param name="durability">What to wait for.</param>
    public CommitResult Set(string key, ReadOnlySpan<byte> value, CommitDurability durability = CommitDurability.Store)
    {
        KeyValueBatch batch = RentBatch();
        try
        {
            batch.Set(key, value);
            return Commit(batch, durability);
        }
        finally
        {
            batch.Clear();
            Volatile.Write(ref _spareBatch, batch);
        }
    }

    /// <summary>Deletes a key; one that is not there is no error.</summary>
    public CommitResult Delete(string key, CommitDurability durability = CommitDurability.Store)
    {
        KeyValueBatch batch = RentBatch();
        try
        {
            batch.Delete(key);
            return Commit(batch, durability);
        }
        finally
        {
            batch.Clear();
            Volatile.Write(ref _spareBatch, batch);
        }
    }

    /// <summary>Commits a batch as one atomic step and empties it.</summary>
    public CommitResult Commit(KeyValueBatch batch, CommitDurability durability = CommitDurability.Store)
    {
        ArgumentNullException.ThrowIfNull(batch);
        CommitResult result = RequireSink().Commit(batch.Commands, durability);
        batch.Clear();
        return result;
    }

    /// <summary>As <see cref="Commit"/>, without blocking on the flush; the batch is empty when this returns its task.</summary>
    public ValueTask<CommitResult> CommitAsync(KeyValueBatch batch, CommitDurability durability = CommitDurability.Store)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ValueTask<CommitResult> task = RequireSink().CommitAsync(batch.Commands, durability);
        batch.Clear();
        return task;
    }

    /// <summary>Looks a key up.</summary>
    /// <returns>The item, or null when there is none.</returns>
    /// <exception cref="ArgumentException">The key is one that cannot exist: empty, too long or not valid text.</exception>
    public KeyValueItem? Find(string key)
    {
        byte[] utf8 = KeyValueBatch.EncodeKey(key);
        lock (_lock)
            return _items.Find(utf8, VisibleNeedsLock);
    }

    /// <summary>The items whose key starts with a prefix, in ordinal order of the keys, as of one moment.</summary>
    public IReadOnlyList<KeyValueItem> FindByPrefix(string prefix = "")
    {
        KeyValueItem[] all;
        lock (_lock)
            all = _items.ToArray(VisibleNeedsLock);
        return Select(all, prefix);
    }

    /// <summary>The items as a snapshot of the store shows them.</summary>
    /// <exception cref="ArgumentException">The snapshot is of another store.</exception>
    public KeyValueSnapshot At(Snapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        snapshot.RequireOf(RequireSink().Horizon);
        return new KeyValueSnapshot(this, snapshot);
    }

    /// <summary>The items as a transaction sees them, its own changes included, and the way to change them in it.</summary>
    /// <exception cref="ArgumentException">The transaction is of another store.</exception>
    public KeyValueTransaction In(ITransaction transaction)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        transaction.Snapshot.RequireOf(RequireSink().Horizon);
        return new KeyValueTransaction(transaction, transaction.GetView(this, () => new KeyValueChanges(this, transaction.Snapshot)));
    }

    /// <summary>The position to be read by a snapshot.</summary>
    internal Lsn LsnOf(Snapshot snapshot) => snapshot.LsnFor(RequireSink().Horizon);

    internal KeyValueItem? FindAt(ReadOnlySpan<byte> keyUtf8, Lsn snapshot)
    {
        lock (_lock)
            return _items.Find(keyUtf8, snapshot);
    }

    internal KeyValueItem[] SelectAt(string prefix, Lsn snapshot)
    {
        KeyValueItem[] all;
        lock (_lock)
            all = _items.ToArray(snapshot);
        return Select(all, prefix);
    }

    internal int CountAt(Lsn snapshot)
    {
        lock (_lock)
            return _items.Count(snapshot);
    }

    /// <summary>One of the keys, or of those with one of the prefixes, that somebody has changed since a snapshot, or is about to; null when there is none.</summary>
    internal string? FindChanged(IReadOnlyCollection<string> keys, IReadOnlyCollection<string> prefixes, Lsn snapshot)
    {
        lock (_lock)
        {
            return keys.FirstOrDefault(key => _pending.Contains(key) || IsNewerNeedsLock(key, snapshot))
                ?? (prefixes.Count == 0 ? null : _pending.Keys.Concat(_items.ChangedSince(snapshot).Select(item => item.Key))
                    .FirstOrDefault(key => prefixes.Any(prefix => key.StartsWith(prefix, StringComparison.Ordinal))));
        }
    }

    private bool IsNewerNeedsLock(string key, Lsn snapshot) =>
        _items.FindNewest(Encoding.UTF8.GetBytes(key)) is KeyValueItem newest && newest.CommitLsn > snapshot;

    private static KeyValueItem[] Select(KeyValueItem[] all, string prefix)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        byte[] utf8 = KeyValueRecords.StrictUtf8.GetBytes(prefix);
        KeyValueItem[] found = utf8.Length == 0 ? all : Array.FindAll(all, item => item.KeyUtf8.Span.StartsWith(utf8));
        Array.Sort(found, static (left, right) => left.KeyUtf8.Span.SequenceCompareTo(right.KeyUtf8.Span));
        return found;
    }

    // While the state is rebuilt nobody looks.
    private Lsn VisibleNeedsLock => _horizon?.Visible ?? Lsn.Max;

    bool IStateModel.IsInUse => _sink is { IsClosed: false };

    bool IStateModel.IsRemoval(RecordType type) => type == KeyValueRecords.Delete;

    void IStateModel.Attach(ICommandSink sink)
    {
        _sink = sink;
        lock (_lock)
            _horizon = sink.Horizon;
    }

    void IStateModel.Sequence(RecordType type, byte version, ReadOnlySpan<byte> payload, GrowableBuffer tail)
    {
        if (!KeyValueRecords.IsKnown(type, version))
            throw new StoreException(StoreError.UnsupportedFormatVersion, $"There is no key-value record of kind {type.Kind}, version {version}.");
        MessagePackReader reader = new(payload, MessagePackReader.LargestMaxDepth);
        string key = reader.ReadString();
        if (!KeyValueBatch.IsRightLength(key))
            throw new MalformedDataException("A key of 1 to 4,096 bytes was expected.", 0);
        ReadOnlySpan<byte> value = type == KeyValueRecords.Delete ? default : reader.ReadRaw();
        reader.ExpectEnd();
        ReadOnlyMemory<byte>? next = type == KeyValueRecords.Delete ? default(ReadOnlyMemory<byte>?) : value.ToArray();
        lock (_lock)
        {
            WritePrevious(_pending.TryFind(key, out PendingValue pending) ? pending : FindApplied(key), tail);
            _pending.Add(key, new PendingValue(next, Lsn.None));
        }
    }

    void IStateModel.EndSequence(bool accepted)
    {
        lock (_lock)
            _pending.End(accepted);
    }

    void IStateModel.ForgetSequenced()
    {
        lock (_lock)
            _pending.Clear();
    }

    void IStateModel.Apply(in LogRecord record)
    {
        if (!KeyValueRecords.IsKnown(record.Type, record.Version))
        {
            if (record.IsSkippable)
                return;
            throw Unsupported(record);
        }

        MessagePackReader reader = new(record.Payload, MessagePackReader.LargestMaxDepth);
        ReadOnlySpan<byte> key = reader.ReadUtf8String();
        bool isDelete = record.Type == KeyValueRecords.Delete;
        LoadedItem item = new(key, isDelete ? default : reader.ReadRaw(), record.Lsn, record.CommitLsn, record.Timestamp, record.TransactionId);
        lock (_lock)
        {
            if (_horizon is not null)
                _items.Add(item.ToItem(isDelete), _horizon.Oldest);
            else if (isDelete)
                _items.LoadDeletion(item);
            else
                _items.Load(item);
            if (_pending.Count > 0)
                _pending.NoteApplied(Encoding.UTF8.GetString(key));
        }
    }

    IStateCapture IStateModel.Capture(Lsn since)
    {
        Snapshot snapshot = RequireSink().Horizon.Open();
        lock (_lock)
            return new KeyValueCapture(this, snapshot, since, _items.Slots, _items.TakeDeleted());
    }

    /// <summary>Copies the next few items that a snapshot shows and that were changed since a position.</summary>
    /// <param name="slot">Where to go on; moved on.</param>
    /// <param name="slots">Where to end.</param>
    /// <param name="target">Gets the items; also how many places are looked at at most.</param>
    /// <param name="snapshot">Which versions.</param>
    /// <param name="since">What was committed below is left out.</param>
    /// <returns>How many there are.</returns>
    internal int CopyChanged(ref int slot, int slots, KeyValueItem?[] target, Lsn snapshot, Lsn since)
    {
        int count = 0;
        lock (_lock)
        {
            for (int end = Math.Min(slots, slot + target.Length); slot < end; slot++)
            {
                if (_items.AtSlot(slot, snapshot, since) is KeyValueItem item)
                    target[count++] = item;
            }
        }

        return count;
    }

    /// <summary>A checkpoint that was to hold these deletions has failed: the next one has to.</summary>
    internal void RememberDeleted(Utf8KeyTable deleted)
    {
#if MUTANTS
        if (Mutants.Is(Mutants.TombstonesDroppedByFailedCheckpoint))
            return;
#endif
        lock (_lock)
            _items.PutBackDeleted(deleted);
    }

    void IStateModel.Reset()
    {
        lock (_lock)
        {
            _sink = null;
            _horizon = null;
            _items.Clear();
            _pending.Clear();
        }
    }

    void IStateModel.ReadItem(ReadOnlySpan<byte> item, byte snapshotVersion)
    {
        MessagePackReader reader = new(item, MessagePackReader.LargestMaxDepth);
        int fields = reader.ReadArrayHeader();
        if (fields is not 2 and < 5)
            throw new MalformedDataException("A key-value item has fewer than five fields.", reader.Position);
        ReadOnlySpan<byte> key = reader.ReadUtf8String();
        if (fields == 2)
        {
            lock (_lock)
                _items.Remove(key);
            return;
        }

        ReadOnlySpan<byte> value = reader.ReadRaw();
        Lsn lsn = new(reader.ReadInt64());
        LoadedItem read = new(key, value, lsn, lsn, reader.ReadInt64(), reader.ReadInt64());
        lock (_lock)
            _items.Load(read);
    }

    IReadOnlyList<string> IStateModel.FindViolations()
    {
        lock (_lock)
            return _items.FindKeysNotOf(1, KeyValueBatch.KeyBytesMax).Select(item => $"the item at LSN {item.Lsn} has a key of {item.KeyUtf8.Length} bytes").ToArray();
    }

    private PendingValue FindApplied(string key) =>
        _items.FindNewest(Encoding.UTF8.GetBytes(key)) is { IsDeleted: false } item ? new PendingValue(item.Value, item.Lsn) : default;

    private static void WritePrevious(PendingValue previous, GrowableBuffer tail)
    {
        MessagePackWriter writer = new(tail);
        if (previous.Value is not ReadOnlyMemory<byte> value)
        {
            writer.WriteNil();
        }
        else if (value.Length <= ReferenceBytes || (value.Length <= PreviousBytesMax && tail.Length + value.Length <= PreviousBytesPerCommitMax))
        {
            writer.WriteArrayHeader(1);
            writer.WriteRaw(value.Span);
        }
        else
        {
            writer.WriteArrayHeader(2);
            writer.WriteInteger(previous.Lsn.Value);
            writer.WriteInteger(value.Length);
        }
    }

    private static StoreException Unsupported(in LogRecord record) => new(
        StoreError.UnsupportedFormatVersion, $"The key-value record of kind {record.Type.Kind}, version {record.Version}, at LSN {record.Lsn} is newer than this program.")
    { Position = record.Lsn.Value };

    private KeyValueBatch RentBatch() => Interlocked.Exchange(ref _spareBatch, null) ?? new KeyValueBatch();

    private ICommandSink RequireSink() =>
        _sink ?? throw new InvalidOperationException("The state is not registered with an open store.");

    /// <summary>A value that is sequenced and perhaps not applied; default: the key does not exist.</summary>
    /// <param name="Value">The value.</param>
    /// <param name="Lsn">The record that wrote it, where that is known.</param>
    private readonly record struct PendingValue(ReadOnlyMemory<byte>? Value, Lsn Lsn);
}
