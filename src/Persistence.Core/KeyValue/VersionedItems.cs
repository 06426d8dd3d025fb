using Persistence.State;

namespace Persistence.KeyValue;

/// <summary>
/// The items by key, and of those changed lately the versions before, for as long as a snapshot may ask for them: a chain from the newest version of a key
/// back to the one that the oldest snapshot sees. Not thread-safe.
/// </summary>
internal sealed class VersionedItems
{
    private readonly Utf8KeyTable _newest = new();

    // Changes that some snapshot, open or to come, does not see, oldest first.
    private readonly Queue<KeyValueItem> _recent = [];
    private KeyValueItem? _last;
    private int _live;

    // What was deleted since the last checkpoint: an increment says so.
    private Utf8KeyTable _deleted = new();

    /// <summary>How many versions are kept.</summary>
    public int VersionCount => _newest.ToArray().Sum(CountVersions);

    /// <summary>Places of items there have been so far; an item stays in its place for as long as some snapshot shows it.</summary>
    public int Slots => _newest.Slots;

    /// <summary>Adds an item of a state that is being rebuilt: nobody sees it before it is complete.</summary>
    public void Load(in LoadedItem item) => _live += _newest.Load(item) ? 1 : 0;

    /// <summary>Deletes an item of a state that is being rebuilt, by a record of the log: the next increment says so.</summary>
    public void LoadDeletion(in LoadedItem item)
    {
        if (Remove(item.Key))
            _deleted.Set(item.ToItem(isDeleted: true));
    }

    /// <summary>Takes an item out of a state that is being rebuilt.</summary>
    /// <returns>Whether it was there.</returns>
    public bool Remove(ReadOnlySpan<byte> key)
    {
        bool wasThere = _newest.Remove(key);
        _live -= wasThere ? 1 : 0;
        return wasThere;
    }

    /// <summary>The item at a place as a snapshot sees it; null where there is none, or it was committed below a position.</summary>
    public KeyValueItem? AtSlot(int slot, Lsn snapshot, Lsn since) =>
        _newest.CommitLsnAt(slot) >= since && VersionAt(_newest.AtSlot(slot), snapshot) is KeyValueItem item && item.CommitLsn >= since ? item : null;

    /// <summary>Items whose keys do not have a length between two.</summary>
    public IEnumerable<KeyValueItem> FindKeysNotOf(int bytesMin, int bytesMax)
    {
        for (int slot = 0; slot < _newest.Slots; slot++)
        {
            if (_newest.KeyBytesAt(slot) is int bytes && (bytes < bytesMin || bytes > bytesMax))
                yield return _newest.AtSlot(slot)!;
        }
    }

    /// <summary>What was deleted since this was last called; some of it may be there again.</summary>
    public Utf8KeyTable TakeDeleted()
    {
        Utf8KeyTable deleted = _deleted;
        _deleted = new Utf8KeyTable();
        return deleted;
    }

    /// <summary>Undoes <see cref="TakeDeleted"/>.</summary>
    public void PutBackDeleted(Utf8KeyTable deleted)
    {
        foreach (KeyValueItem item in deleted.ToArray())
        {
            if (_deleted.Find(item.KeyUtf8.Span) is null)
                _deleted.Set(item);
        }
    }

    /// <summary>Adds the newest version of an item, or, where that is deleted, the news of it.</summary>
    /// <param name="item">The version.</param>
    /// <param name="oldest">Snapshots older than this one do not exist.</param>
    public void Add(KeyValueItem item, Lsn oldest)
    {
        Prune(oldest);
        KeyValueItem? before = _newest.Find(item.KeyUtf8.Span);
        bool wasThere = before is { IsDeleted: false };
        if (item.IsDeleted && !wasThere)
            return;
        item.Previous = before;
        _live += (item.IsDeleted ? 0 : 1) - (wasThere ? 1 : 0);
        _newest.Set(item);
        if (item.IsDeleted)
            _deleted.Set(item);
        _recent.Enqueue(item);
        _last = item;
    }

    /// <summary>The item as a snapshot sees it; null where there is none.</summary>
    public KeyValueItem? Find(ReadOnlySpan<byte> key, Lsn snapshot) => VersionAt(_newest.Find(key), snapshot);

    /// <summary>The newest version, whether it may be seen already or not; also of a deleted item, as long as it is remembered.</summary>
    public KeyValueItem? FindNewest(ReadOnlySpan<byte> key) => _newest.Find(key);

    /// <summary>All items as a snapshot sees them, in no order.</summary>
    public KeyValueItem[] ToArray(Lsn snapshot)
    {
        KeyValueItem[] items = _newest.ToArray();
        int count = 0;
        foreach (KeyValueItem newest in items)
        {
            if (VersionAt(newest, snapshot) is KeyValueItem item)
                items[count++] = item;
        }

        return count == items.Length ? items : items[..count];
    }

    /// <summary>How many items a snapshot sees.</summary>
    public int Count(Lsn snapshot) => _last is null || _last.CommitLsn <= snapshot ? _live : ToArray(snapshot).Length;

    /// <summary>What was changed by commits after a snapshot that is open.</summary>
    public IEnumerable<KeyValueItem> ChangedSince(Lsn snapshot) => _recent.Where(item => item.CommitLsn > snapshot);

    public void Clear()
    {
        _newest.Clear();
        _deleted.Clear();
        _recent.Clear();
        _last = null;
        _live = 0;
    }

    private static int CountVersions(KeyValueItem newest)
    {
        int count = 0;
        for (KeyValueItem? item = newest; item is not null; item = item.Previous)
            count++;
        return count;
    }

    private static KeyValueItem? VersionAt(KeyValueItem? newest, Lsn snapshot)
    {
        KeyValueItem? item = newest;
        while (item is not null && item.CommitLsn > snapshot)
            item = item.Previous;
        return item is { IsDeleted: false } ? item : null;
    }

    /// <summary>What every snapshot sees the successor of is seen by nobody.</summary>
    private void Prune(Lsn oldest)
    {
        while (_recent.TryPeek(out KeyValueItem? item) && item.CommitLsn <= oldest)
        {
            _recent.Dequeue();
            item.Previous = null;
            if (item.IsDeleted && ReferenceEquals(_newest.Find(item.KeyUtf8.Span), item))
                _newest.Remove(item.KeyUtf8.Span);
        }
    }
}
