using System.Numerics;
using System.Runtime.InteropServices;
using Persistence.State;

namespace Persistence.KeyValue;

/// <summary>A hash table from UTF-8 keys to items that can be searched with bytes, without making a string. Not thread-safe.</summary>
internal sealed class Utf8KeyTable
{
    private const int CapacityMin = 16;
    private const int NoPlace = -1;
    private const ulong Multiplier = 0x9E3779B97F4A7C15;

    // Chosen at random by the runtime for each process, so that nobody can prepare keys that collide.
    private readonly ulong _seed = ((ulong)(uint)HashCode.Combine(1) << 32) | (uint)HashCode.Combine(2);

    private ItemArena _arena = new();
    private int[] _buckets = new int[CapacityMin];
    private Entry[] _entries = new Entry[CapacityMin];
    private int _count;
    private int _freeList = -1;
    private int _freeCount;

    /// <summary>How many keys.</summary>
    public int Count => _count - _freeCount;

    /// <summary>How many places have been taken so far. A key keeps its place until it is removed.</summary>
    public int Slots => _count;

    /// <summary>Bytes of loaded items that are held.</summary>
    public long ArenaBytes => _arena.HeldBytes;

    /// <summary>The item at a place; null where there is none any more.</summary>
    public KeyValueItem? AtSlot(int slot) => ToItem(_entries[slot]);

    /// <summary>The record by which the item at a place came to count; none where there is none.</summary>
    public Lsn CommitLsnAt(int slot)
    {
        ref Entry entry = ref _entries[slot];
        return entry.Item is not null ? entry.Item.CommitLsn : entry.Place == NoPlace ? Lsn.None : _arena.CommitLsnAt(entry.Place);
    }

    /// <summary>The length of the key at a place in bytes; null where there is none.</summary>
    public int? KeyBytesAt(int slot) => _entries[slot].IsUsed ? KeyOf(_entries[slot]).Length : null;

    public KeyValueItem? Find(ReadOnlySpan<byte> key)
    {
        int index = IndexOf(key, HashOf(key));
        return index < 0 ? null : ToItem(_entries[index]);
    }

    /// <summary>Adds or replaces.</summary>
    /// <returns>Whether it was added.</returns>
    public bool Set(KeyValueItem item)
    {
        uint hash = HashOf(item.KeyUtf8.Span);
        int index = IndexOf(item.KeyUtf8.Span, hash);
        if (index < 0)
        {
            Insert(hash, item, NoPlace);
            return true;
        }

        Release(ref _entries[index]);
        _entries[index].Item = item;
        return false;
    }

    /// <summary>
    /// Adds or replaces an item that was read. The first version of a key shares an array with others; what replaces it does not, so that a long log of changes to
    /// few keys leaves little behind.
    /// </summary>
    /// <returns>Whether it was added.</returns>
    public bool Load(in LoadedItem item)
    {
        uint hash = HashOf(item.Key);
        int index = IndexOf(item.Key, hash);
        if (index < 0)
        {
            bool isShared = _arena.TryAdd(item, out int place);
            Insert(hash, isShared ? null : item.ToItem(), place);
            return true;
        }

        Release(ref _entries[index]);
        _entries[index].Item = item.ToItem();
        return false;
    }

    /// <returns>Whether it was there.</returns>
    public bool Remove(ReadOnlySpan<byte> key)
    {
        uint hash = HashOf(key);
        ref int bucket = ref BucketOf(hash);
        int previous = -1;
        for (int i = bucket - 1; i >= 0; previous = i, i = _entries[i].Next)
        {
            if (_entries[i].Hash != hash || !key.SequenceEqual(KeyOf(_entries[i])))
                continue;
            if (previous < 0)
                bucket = _entries[i].Next + 1;
            else
                _entries[previous].Next = _entries[i].Next;
            Release(ref _entries[i]);
            _entries[i] = new Entry { Next = _freeList, Place = NoPlace };
            _freeList = i;
            _freeCount++;
            return true;
        }

        return false;
    }

    public void Clear()
    {
        _arena = new ItemArena();
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
            if (ToItem(_entries[i]) is KeyValueItem item)
                items[next++] = item;
        }

        return items;
    }

    private KeyValueItem? ToItem(in Entry entry) => entry.Item ?? (entry.Place == NoPlace ? null : _arena.ItemAt(entry.Place));

    private ReadOnlySpan<byte> KeyOf(in Entry entry) => entry.Item is not null ? entry.Item.KeyUtf8.Span : _arena.KeyAt(entry.Place);

    private void Release(ref Entry entry)
    {
        if (entry.Place == NoPlace)
            return;
        _arena.Release(entry.Place);
        entry.Place = NoPlace;
    }

    private void Insert(uint hash, KeyValueItem? item, int place)
    {
        int index = TakeEntry();
        ref int bucket = ref BucketOf(hash);
        _entries[index] = new Entry { Hash = hash, Next = bucket - 1, Item = item, Place = place };
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
            if (!_entries[i].IsUsed)
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
            if (_entries[i].Hash == hash && key.SequenceEqual(KeyOf(_entries[i])))
                return i;
        }

        return -1;
    }

    private ref int BucketOf(uint hash) => ref _buckets[hash & (uint)(_buckets.Length - 1)];

    private uint HashOf(ReadOnlySpan<byte> key)
    {
        ulong hash = _seed ^ ((ulong)key.Length * Multiplier);
        foreach (ulong eight in MemoryMarshal.Cast<byte, ulong>(key))
            hash = Mix(hash ^ eight);
        ulong rest = 0;
        foreach (byte one in key[(key.Length & ~7)..])
            rest = (rest << 8) | one;
        hash = Mix(hash ^ rest);
        return (uint)(hash ^ (hash >> 32));
    }

    private static ulong Mix(ulong value)
    {
        ulong high = Math.BigMul(value, Multiplier, out ulong low);
        return high ^ BitOperations.RotateLeft(low, 32);
    }

    private struct Entry
    {
        public uint Hash;
        public int Next;
        public int Place;
        public KeyValueItem? Item;

        public readonly bool IsUsed => Item is not null || Place != NoPlace;
    }
}
