using Persistence.Diagnostics;
using Persistence.Serialization;

namespace Persistence.Terminals;

/// <summary>Layouts in records and checkpoint items; FORMAT.md.</summary>
internal static class LayoutCodec
{
    public static void Write(MessagePackWriter writer, TerminalLayout? layout)
    {
        if (layout is PaneLayout leaf)
            writer.WriteInteger(leaf.Pane.Value);
        else if (layout is SplitLayout split)
            WriteSplit(writer, split);
        else
            writer.WriteNil();
    }

    public static TerminalLayout? Read(ref MessagePackReader reader) => reader.TryReadNil() ? null : Read(ref reader, TerminalLayout.DepthMax);

    private static void WriteSplit(MessagePackWriter writer, SplitLayout split)
    {
        writer.WriteArrayHeader(2);
        writer.WriteInteger((int)split.Direction);
        writer.WriteArrayHeader(split.Parts.Count);
        foreach (LayoutPart part in split.Parts)
        {
            writer.WriteArrayHeader(2);
            Write(writer, part.Layout);
            writer.WriteInteger(part.Weight);
        }
    }

    private static TerminalLayout Read(ref MessagePackReader reader, int depthLeft)
    {
        if (depthLeft == 0)
            throw new MalformedDataException($"Splits are nested deeper than {TerminalLayout.DepthMax}.", reader.Position);
        if (reader.NextType != MessagePackType.Array)
            return TerminalLayout.Of(TerminalCodec.ReadPane(ref reader));
        RequireFields(ref reader, 2);
        SplitDirection direction = (SplitDirection)reader.ReadByte();
        int count = reader.ReadArrayHeader();
        List<LayoutPart> parts = [];
        for (int i = 0; i < count; i++)
        {
            RequireFields(ref reader, 2);
            parts.Add(new LayoutPart(Read(ref reader, depthLeft - 1), reader.ReadInt32()));
        }

        return new SplitLayout(direction, parts);
    }

    /// <summary>An array of so many fields, neither more nor fewer.</summary>
    private static void RequireFields(ref MessagePackReader reader, int count)
    {
        if (reader.ReadArrayHeader() != count)
            throw new MalformedDataException($"{count} fields were expected.", reader.Position);
    }
}
