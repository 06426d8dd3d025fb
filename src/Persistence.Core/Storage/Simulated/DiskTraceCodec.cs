using System.Text;

namespace Persistence.Storage.Simulated;

/// <summary>
/// A recorded run as bytes: the objects it began with, then its operations in the order in which they took effect. Numbers are little-endian or
/// of variable length as <see cref="BinaryWriter"/> has them, text is UTF-8; pages of zeros are left out. Meant to be compressed.
/// </summary>
public static class DiskTraceCodec
{
    private const int Version = 1;
    private const int CountMax = 1 << 24;
    private const int BytesMax = 1 << 28;

    /// <summary>Writes a trace.</summary>
    public static void Write(DiskTrace trace, Stream output)
    {
        ArgumentNullException.ThrowIfNull(trace);
        using BinaryWriter writer = new(output, Encoding.UTF8, leaveOpen: true);
        writer.Write7BitEncodedInt(Version);
        writer.Write7BitEncodedInt64(trace.End);
        writer.Write7BitEncodedInt(trace.Nodes.Count);
        foreach (TraceNode node in trace.Nodes)
            WriteNode(node, writer);
        writer.Write7BitEncodedInt(trace.Operations.Count);
        foreach (TraceOperation operation in trace.Operations)
            WriteOperation(operation, writer);
    }

    /// <summary>Reads what <see cref="Write"/> has written.</summary>
    /// <exception cref="InvalidDataException">It is something else.</exception>
    public static DiskTrace Read(Stream input)
    {
        try
        {
            using BinaryReader reader = new(input, Encoding.UTF8, leaveOpen: true);
            if (reader.Read7BitEncodedInt() != Version)
                throw new InvalidDataException("The trace has a version that is not known here.");
            long end = reader.Read7BitEncodedInt64();
            TraceNode[] nodes = new TraceNode[ReadCount(reader, CountMax)];
            for (int i = 0; i < nodes.Length; i++)
                nodes[i] = ReadNode(reader, nodes.Length);
            TraceOperation[] operations = new TraceOperation[ReadCount(reader, CountMax)];
            for (int i = 0; i < operations.Length; i++)
                operations[i] = ReadOperation(reader, nodes.Length);
            return new DiskTrace(nodes, operations, end);
        }
        catch (Exception e) when (e is EndOfStreamException or FormatException or ArgumentException)
        {
            throw new InvalidDataException($"The trace cannot be read: {e.Message}", e);
        }
    }

    private static void WriteNode(TraceNode node, BinaryWriter writer)
    {
        writer.Write(node.Content is not null);
        if (node.Content is null)
        {
            writer.Write7BitEncodedInt(node.Names.Count);
            foreach ((string name, int child) in node.Names)
            {
                writer.Write(name);
                writer.Write7BitEncodedInt(child);
            }

            return;
        }

        writer.Write7BitEncodedInt64(node.Content.Length);
        byte[] page = new byte[Page.Size];
        for (long at = 0; at < node.Content.Length; at += Page.Size)
        {
            Span<byte> bytes = page.AsSpan(0, node.Content.Read(page, at));
            bool isZero = bytes.IndexOfAnyExcept((byte)0) < 0;
            writer.Write(!isZero);
            if (!isZero)
                writer.Write(bytes);
        }
    }

    private static TraceNode ReadNode(BinaryReader reader, int nodes)
    {
        if (!reader.ReadBoolean())
        {
            Dictionary<string, int> names = new(StringComparer.Ordinal);
            for (int left = ReadCount(reader, CountMax); left > 0; left--)
                names.Add(reader.ReadString(), ReadCount(reader, nodes - 1));
            return new TraceNode(names);
        }

        PagedContent content = new();
        long length = ReadCount(reader, BytesMax);
        for (long at = 0; at < length; at += Page.Size)
        {
            if (reader.ReadBoolean())
                content.Write(ReadBytes(reader, (int)Math.Min(Page.Size, length - at)), at);
        }

        content.SetLength(length);
        return new TraceNode(content);
    }

    private static void WriteOperation(TraceOperation operation, BinaryWriter writer)
    {
        writer.Write((byte)operation.Kind);
        writer.Write7BitEncodedInt64(operation.Enter);
        writer.Write7BitEncodedInt64(operation.Exit);
        writer.Write7BitEncodedInt(operation.Subject);
        writer.Write7BitEncodedInt(operation.TargetDirectory);
        writer.Write7BitEncodedInt(operation.Node);
        writer.Write(operation.Name);
        writer.Write(operation.NewName);
        writer.Write(operation.Replaces);
        writer.Write7BitEncodedInt64(operation.Position);
        writer.Write7BitEncodedInt64(operation.SizeBefore);
        writer.Write7BitEncodedInt(operation.Data.Length);
        writer.Write(operation.Data.Span);
    }

    private static TraceOperation ReadOperation(BinaryReader reader, int nodes) => new()
    {
        Kind = (DiskChangeKind)reader.ReadByte() is DiskChangeKind kind && Enum.IsDefined(kind) ? kind : throw new InvalidDataException("The trace has an operation that is not known here."),
        Enter = reader.Read7BitEncodedInt64(),
        Exit = reader.Read7BitEncodedInt64(),
        Subject = ReadCount(reader, nodes - 1),
        TargetDirectory = ReadCount(reader, nodes - 1),
        Node = ReadCount(reader, nodes - 1),
        Name = reader.ReadString(),
        NewName = reader.ReadString(),
        Replaces = reader.ReadBoolean(),
        Position = ReadPosition(reader),
        SizeBefore = ReadPosition(reader),
        Data = ReadBytes(reader, ReadCount(reader, BytesMax)),
    };

    private static long ReadPosition(BinaryReader reader)
    {
        long position = reader.Read7BitEncodedInt64();
        return position is >= 0 and <= BytesMax ? position : throw new InvalidDataException("The trace has a position that is out of bounds.");
    }

    private static int ReadCount(BinaryReader reader, int max)
    {
        int count = reader.Read7BitEncodedInt();
        return count >= 0 && count <= max ? count : throw new InvalidDataException("The trace has a count that is out of bounds.");
    }

    /// <summary>In pieces: a length is not believed before its bytes are there.</summary>
    private static byte[] ReadBytes(BinaryReader reader, int count)
    {
        const int pieceMax = 1 << 16;
        using MemoryStream bytes = new();
        while (bytes.Length < count)
        {
            byte[] piece = reader.ReadBytes((int)Math.Min(pieceMax, count - bytes.Length));
            if (piece.Length == 0)
                throw new EndOfStreamException();
            bytes.Write(piece);
        }

        return bytes.ToArray();
    }
}
