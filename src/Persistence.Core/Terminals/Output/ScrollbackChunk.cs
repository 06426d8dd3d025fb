namespace Persistence.Terminals;

/// <summary>A piece of a pane's output that no longer grows: in memory until it is in a checkpoint, from then on there. Thread-safe.</summary>
internal sealed class ScrollbackChunk
{
    /// <summary>How much output makes a chunk. Replay must cut as the live state did: never change.</summary>
    public const int BytesMax = 64 << 10;

    // Either byte[] or StoredChunk, which is read again where it has changed meanwhile.
    private object _content;

    public ScrollbackChunk(PaneId pane, long position, int lineFeeds, byte[] bytes)
        : this(pane, position, bytes.Length, lineFeeds, bytes)
    {
    }

    public ScrollbackChunk(PaneId pane, long position, int length, int lineFeeds, StoredChunk stored)
        : this(pane, position, length, lineFeeds, (object)stored)
    {
    }

    private ScrollbackChunk(PaneId pane, long position, int length, int lineFeeds, object content)
    {
        Pane = pane;
        Position = position;
        Length = length;
        LineFeeds = lineFeeds;
        _content = content;
    }

    public PaneId Pane { get; }

    public long Position { get; }

    public int Length { get; }

    public int LineFeeds { get; }

    public long End => Position + Length;

    public bool IsStored => Volatile.Read(ref _content) is StoredChunk;

    /// <summary>The bytes, where they are in memory.</summary>
    public byte[]? InMemory => Volatile.Read(ref _content) as byte[];

    /// <summary>It is in a checkpoint that is published: the bytes are forgotten.</summary>
    public void Store(StoredChunk stored) => Volatile.Write(ref _content, stored);

    /// <summary>Its checkpoint item, as it was written: no other one, for it is copied into the next checkpoint.</summary>
    /// <exception cref="ObjectDisposedException">It is no longer kept, or the store was closed.</exception>
    /// <exception cref="Diagnostics.StoreException">CheckpointInvalid, MalformedData, or a failure of the files.</exception>
    public byte[] ReadItem() => Volatile.Read(ref _content) is StoredChunk stored ? ReadItem(stored) : throw new InvalidOperationException("The chunk is in no checkpoint.");

    private byte[] ReadItem(StoredChunk stored)
    {
        while (true)
        {
            try
            {
                byte[] item = stored.Items.Read(stored.Place);
                ChunkItem.Require(item, this);
                return item;
            }
            catch (ObjectDisposedException)
            {
                // A checkpoint that has all of them has taken the place of the one it was in.
                if (Volatile.Read(ref _content) is not StoredChunk now || ReferenceEquals(now, stored))
                    throw;
                stored = now;
            }
        }
    }

    /// <summary>The bytes, from wherever they are.</summary>
    /// <exception cref="ObjectDisposedException">It is no longer kept, or the store was closed.</exception>
    /// <exception cref="Diagnostics.StoreException">CheckpointInvalid, MalformedData, CompressionUnavailable, or a failure of the files.</exception>
    public byte[] Read() => Volatile.Read(ref _content) switch
    {
        byte[] bytes => bytes,
        StoredChunk stored => ChunkItem.ReadBytes(ReadItem(stored), this),
        _ => throw new InvalidOperationException("A chunk has no content."),
    };
}
