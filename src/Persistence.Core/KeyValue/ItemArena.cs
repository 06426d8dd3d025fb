using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Persistence.State;

namespace Persistence.KeyValue;

/// <summary>
/// Items of a state that was loaded, many to an array: a million small objects would keep the garbage collector busy for longer than reading them takes. A chunk is let go of when
/// nothing in it counts any more. Not thread-safe.
/// </summary>
internal sealed class ItemArena
{
    // Below the size from which arrays are collected late.
    private const int ChunkBytes = 64 << 10;
    private const int HeaderBytes = 40;
    private const int ItemBytesMax = 4 << 10;
    private const int ChunksMax = int.MaxValue / ChunkBytes;

    // What may lie about unused, beside half of what is used.
    private const long DeadBytesKept = 1 << 20;

    private readonly List<Chunk> _chunks = [];
    private int _used = ChunkBytes;
    private long _liveBytes;
    private long _deadBytes;

    /// <summary>Bytes that are held.</summary>
    public long HeldBytes => _liveBytes + _deadBytes;

    /// <summary>Takes a copy of an item.</summary>
    /// <param name="item">The item.</param>
    /// <param name="place">Where it is from now on.</param>
    /// <returns>False when it is better kept by itself: it is large, or too much was released.</returns>
    public bool TryAdd(in LoadedItem item, out int place)
    {
        int bytes = HeaderBytes + item.Key.Length + item.Value.Length;
        place = -1;
        if (bytes > ItemBytesMax || _deadBytes > (_liveBytes / 2) + DeadBytesKept || (_used + bytes > ChunkBytes && !TryAddChunk()))
            return false;
        int index = _chunks.Count - 1;
        ref Chunk chunk = ref CollectionsMarshal.AsSpan(_chunks)[index];
        Write(chunk.Bytes.AsSpan(_used), item);
        place = (index * ChunkBytes) + _used;
        _used += bytes;
        chunk.LiveBytes += bytes;
        _liveBytes += bytes;
        return true;
    }

    /// <summary>The key of the item at a place.</summary>
    public ReadOnlySpan<byte> KeyAt(int place)
    {
        ReadOnlySpan<byte> bytes = At(place);
        return bytes.Slice(HeaderBytes, KeyLength(bytes));
    }

    /// <summary>The record by which the item at a place came to count.</summary>
    public Lsn CommitLsnAt(int place) => new(BinaryPrimitives.ReadInt64LittleEndian(At(place)[8..]));

    /// <summary>The item at a place, as an object that shares its bytes.</summary>
    public KeyValueItem ItemAt(int place)
    {
        byte[] chunk = _chunks[place / ChunkBytes].Bytes;
        int offset = place % ChunkBytes;
        ReadOnlySpan<byte> bytes = chunk.AsSpan(offset);
        int keyBytes = KeyLength(bytes);
        return new KeyValueItem(
            chunk.AsMemory(offset + HeaderBytes, keyBytes),
            chunk.AsMemory(offset + HeaderBytes + keyBytes, ValueLength(bytes)),
            new Lsn(BinaryPrimitives.ReadInt64LittleEndian(bytes)),
            new Lsn(BinaryPrimitives.ReadInt64LittleEndian(bytes[8..])),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[24..]));
    }

    /// <summary>The item at a place does not count any more. Objects made of it before stay what they are.</summary>
    public void Release(int place)
    {
        int index = place / ChunkBytes;
        ReadOnlySpan<byte> header = At(place);
        int bytes = HeaderBytes + KeyLength(header) + ValueLength(header);
        ref Chunk chunk = ref CollectionsMarshal.AsSpan(_chunks)[index];
        chunk.LiveBytes -= bytes;
        chunk.DeadBytes += bytes;
        _liveBytes -= bytes;
        _deadBytes += bytes;
        if (chunk.LiveBytes > 0)
            return;
        _deadBytes -= chunk.DeadBytes;
        chunk = new Chunk([]);
        if (index == _chunks.Count - 1)
            _used = ChunkBytes;
    }

    private bool TryAddChunk()
    {
        if (_chunks.Count == ChunksMax)
            return false;
        _chunks.Add(new Chunk(new byte[ChunkBytes]));
        _used = 0;
        return true;
    }

    private static void Write(Span<byte> target, in LoadedItem item)
    {
        BinaryPrimitives.WriteInt64LittleEndian(target, item.Lsn.Value);
        BinaryPrimitives.WriteInt64LittleEndian(target[8..], item.CommitLsn.Value);
        BinaryPrimitives.WriteInt64LittleEndian(target[16..], item.Timestamp);
        BinaryPrimitives.WriteInt64LittleEndian(target[24..], item.TransactionId);
        BinaryPrimitives.WriteInt32LittleEndian(target[32..], item.Key.Length);
        BinaryPrimitives.WriteInt32LittleEndian(target[36..], item.Value.Length);
        item.Key.CopyTo(target[HeaderBytes..]);
        item.Value.CopyTo(target[(HeaderBytes + item.Key.Length)..]);
    }

    private ReadOnlySpan<byte> At(int place) => _chunks[place / ChunkBytes].Bytes.AsSpan(place % ChunkBytes);

    private static int KeyLength(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadInt32LittleEndian(bytes[32..]);

    private static int ValueLength(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadInt32LittleEndian(bytes[36..]);

    private struct Chunk(byte[] bytes)
    {
        public readonly byte[] Bytes = bytes;
        public int LiveBytes;
        public int DeadBytes;
    }
}
