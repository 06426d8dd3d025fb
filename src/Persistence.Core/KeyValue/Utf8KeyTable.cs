namespace Persistence.KeyValue;

/// <summary>A hash table from UTF-8 keys to items that can be searched with bytes, without making a string. Not thread-safe.</summary>
internal sealed class Utf8KeyTable
{
    private const int CapacityMin = 16;

    private int[] _buckets = new int[CapacityMin];
    private Entry[] _entries = new Entry[CapacityMin];
    private int _count;
    private int _freeList = -1;
    private int _freeCount;

    /// <summary>How many keys.</summary>
    public int Count => _count - _freeCount;

    /// <summary>How many places have been taken so far. A key keeps its place until it is removed.</summary>
    public int Slots => _count;

    /// <summary>The item at a place; null where there is none any more.</summary>
    public KeyValueItem? AtSlot(int slot) => _entries[slot].Item;

    public KeyValueItem? Find(ReadOnlySpan<byte> key)
    {
        int index = IndexOf(key, HashOf(key));
        return index < 0 ? null : _entries[index].Item;
    }

    /// <summary>Adds or replaces.</summary>
    /// <returns>Whether it was added.</returns>
    public bool Set(KeyValueItem item)
    {
        uint hash = HashOf(item.KeyUtf8);
        int index = IndexOf(item.KeyUtf8, hash);
        if (index >= 0)
            _entries[index].Item = item;
        else
            Insert(item, hash);
        return index < 0;
    }

    /// <returns>Whether it was there.</returns>
    public bool Remove(ReadOnlySpan<byte> key)
    {
        uint hash = HashOf(key);
        ref int bucket = ref BucketOf(hash);
        int previous = -1;
        for (int i = bucket - 1; i >= 0; previous = i, i = _entries[i].Next)
        {
            if (_entries[i].Hash != hash || !key.SequenceEqual(_entries[i].Item!.KeyUtf8))
                continue;
            if (previous < 0)
                bucket = _entries[i].Next + 1;
            else
                _entries[previous].Next = _entries[i].Next;
            _entries[i] = new Entry { Next = _freeList };
            _freeList = i;
            _freeCount++;
            return true;
        }

        return false;
    }

    public void Clear()
    {
        _buckets = new int[CapacityMin];
        _entries = new Entry[CapacityMin];
        _count = 0;
        _freeList = -1;
        _freeCount = 0;
    }

    /// <summary>All items, in no order.</summary>
    public KeyValueItem[] ToArray()
    {
        KeyValueItem[] items = new KeyValueItem[Count];
        int next = 0;
        for (int i = 0; i < _count; i++)
        {
            if (_entries[i].Item is KeyValueItem item)
                items[next++] = item;
        }

        return items;
    }

    private void Insert(KeyValueItem item, uint hash)
    {
        int index = TakeEntry();
        ref int bucket = ref BucketOf(hash);
        _entries[index] = new Entry { Hash = hash, Next = bucket - 1, Item = item };
        bucket = index + 1;
    }

    private int TakeEntry()
    {
        if (_freeCount > 0)
        {
            int free = _freeList;
            _freeList = _entries[free].Next;
            _freeCount--;
            return free;
        }

        if (_count == _entries.Length)
            Grow();
        return _count++;
    }

    private void Grow()
    {
        int capacity = checked(_entries.Length * 2);
        Array.Resize(ref _entries, capacity);
        _buckets = new int[capacity];
        for (int i = 0; i < _count; i++)
        {
            if (_entries[i].Item is null)
                continue;
            ref int bucket = ref BucketOf(_entries[i].Hash);
            _entries[i].Next = bucket - 1;
            bucket = i + 1;
        }
    }

    private int IndexOf(ReadOnlySpan<byte> key, uint hash)
    {
        for (int i = BucketOf(hash) - 1; i >= 0; i = _entries[i].Next)
        {
            if (_entries[i].Hash == hash && key.SequenceEqual(_entries[i].Item!.KeyUtf8))
                return i;
        }

        return -1;
    }

    private ref int BucketOf(uint hash) => ref _buckets[hash & (uint)(_buckets.Length - 1)];

    /// <summary>Randomized per process by the runtime, so that nobody can choose keys that collide.</summary>
    private static uint HashOf(ReadOnlySpan<byte> key)
    {
        HashCode hash = default;
        hash.AddBytes(key);
        return (uint)hash.ToHashCode();
    }

    private struct Entry
    {
        public uint Hash;
        public int Next;
        public KeyValueItem? Item;
    }
}
