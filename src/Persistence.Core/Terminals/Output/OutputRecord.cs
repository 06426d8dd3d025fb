using Persistence.Diagnostics;
using Persistence.Serialization;

namespace Persistence.Terminals;

/// <summary>A record of output; FORMAT.md.</summary>
internal readonly ref struct OutputRecord
{
    private const int FieldCount = 2;

    private readonly PaneId _pane;
    private readonly ReadOnlySpan<byte> _bytes;
    private readonly long _position;

    private OutputRecord(PaneId pane, ReadOnlySpan<byte> bytes, long position)
    {
        _pane = pane;
        _bytes = bytes;
        _position = position;
    }

    /// <summary>Takes a payload apart.</summary>
    /// <exception cref="MalformedDataException">It is not what the format says.</exception>
    public static OutputRecord Read(ReadOnlySpan<byte> payload, bool hasTail)
    {
        MessagePackReader reader = new(payload, MessagePackReader.LargestMaxDepth);
        int fields = reader.ReadArrayHeader();
        PaneId pane = TerminalCodec.ReadPane(ref reader);
        ReadOnlySpan<byte> bytes = reader.ReadBinary();
        TerminalCodec.SkipNewer(ref reader, fields, FieldCount);
        long position = 0;
        if (hasTail)
            position = reader.ReadInt64();
        else
            reader.ExpectEnd();
        return position is >= 0 and <= long.MaxValue / 2 ? new OutputRecord(pane, bytes, position) : throw new MalformedDataException("A position of output cannot be.", reader.Position);
    }

    public void Deconstruct(out PaneId pane, out ReadOnlySpan<byte> bytes, out long position)
    {
        pane = _pane;
        bytes = _bytes;
        position = _position;
    }
}
