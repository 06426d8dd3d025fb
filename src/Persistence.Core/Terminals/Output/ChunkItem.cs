using Persistence.Compression;
using Persistence.Diagnostics;
using Persistence.Serialization;

namespace Persistence.Terminals;

/// <summary>The checkpoint item of a chunk; FORMAT.md.</summary>
internal static class ChunkItem
{
    private const int FieldCount = 7;

    /// <summary>Writes it, compressed if that makes it shorter.</summary>
    public static void Write(MessagePackWriter writer, ScrollbackChunk chunk, ReadOnlySpan<byte> bytes, ICompressor? compressor, GrowableBuffer scratch)
    {
        writer.WriteArrayHeader(FieldCount);
        writer.WriteInteger((int)TerminalItemKind.Chunk);
        writer.WriteInteger(chunk.Pane.Value);
        writer.WriteInteger(chunk.Position);
        writer.WriteInteger(chunk.Length);
        writer.WriteInteger(chunk.LineFeeds);
        ReadOnlySpan<byte> compressed = Compress(bytes, compressor, scratch);
        bool shrinks = compressor is not null && compressed.Length < bytes.Length;
        writer.WriteInteger((int)(shrinks ? compressor!.CodecId : CodecId.None));
        writer.WriteBinary(shrinks ? compressed : bytes);
    }

    /// <summary>A chunk that stays where it is, its kind read already.</summary>
    /// <exception cref="MalformedDataException">It is not what the format says.</exception>
    public static ScrollbackChunk ReadStored(ref MessagePackReader reader, int fields, StoredChunk stored)
    {
        TerminalLoader.Require(fields, FieldCount, reader);
        (ScrollbackChunk chunk, _, _) = Read(ref reader, stored);
        return chunk;
    }

    /// <summary>The bytes of a chunk.</summary>
    /// <exception cref="StoreException">MalformedData: it is another's item. CompressionUnavailable.</exception>
    public static byte[] ReadBytes(ReadOnlySpan<byte> item, ScrollbackChunk expected)
    {
        (_, CodecId codec, ReadOnlySpan<byte> content) = Require(item, expected);
        byte[] bytes = new byte[expected.Length];
        Compressors.ForReading(codec).Decompress(content, bytes);
        return bytes;
    }

    /// <summary>Requires the item to be a chunk's.</summary>
    /// <exception cref="MalformedDataException">It is another's.</exception>
    public static ChunkFields Require(ReadOnlySpan<byte> item, ScrollbackChunk expected)
    {
        MessagePackReader reader = new(item);
        reader.ReadArrayHeader();
        bool isChunk = reader.ReadByte() == (byte)TerminalItemKind.Chunk;
        ChunkFields fields = isChunk ? Read(ref reader, null!) : default;
        if (!isChunk || !fields.IsOf(expected))
            throw new MalformedDataException("Another item is where a chunk of scrollback was.", 0);
        return fields;
    }

    private static ReadOnlySpan<byte> Compress(ReadOnlySpan<byte> bytes, ICompressor? compressor, GrowableBuffer scratch)
    {
        if (compressor is null)
            return bytes;
        scratch.Reset();
        int length = compressor.Compress(bytes, scratch.Append(compressor.GetMaxCompressedLength(bytes.Length)));
        return scratch.WrittenSpan[..length];
    }

    private static ChunkFields Read(scoped ref MessagePackReader reader, StoredChunk stored)
    {
        PaneId pane = TerminalCodec.ReadPane(ref reader);
        long position = reader.ReadInt64();
        int length = reader.ReadInt32();
        int lineFeeds = reader.ReadInt32();
        CodecId codec = (CodecId)reader.ReadByte();
        ReadOnlySpan<byte> content = reader.ReadBinary();
        if (position < 0 || length is < 1 or > ScrollbackChunk.BytesMax || lineFeeds < 0 || lineFeeds > length || (codec == CodecId.None && content.Length != length))
            throw new MalformedDataException("A chunk of scrollback has fields that cannot be.", reader.Position);
        return new ChunkFields(new ScrollbackChunk(pane, position, length, lineFeeds, stored), codec, content);
    }

    /// <summary>What an item says: what it is a chunk of, and how its bytes are kept.</summary>
    internal readonly ref struct ChunkFields(ScrollbackChunk chunk, CodecId codec, ReadOnlySpan<byte> content)
    {
        private readonly ScrollbackChunk _chunk = chunk;
        private readonly CodecId _codec = codec;
        private readonly ReadOnlySpan<byte> _content = content;

        public bool IsOf(ScrollbackChunk other) => _chunk.Pane == other.Pane && _chunk.Position == other.Position && _chunk.Length == other.Length;

        public void Deconstruct(out ScrollbackChunk chunk, out CodecId codec, out ReadOnlySpan<byte> content)
        {
            chunk = _chunk;
            codec = _codec;
            content = _content;
        }
    }
}
