using Persistence.Diagnostics;
using Persistence.Serialization;
using Persistence.State;
using Persistence.Wal;

namespace Persistence.Checkpoints;

/// <summary>What a checkpoint says of itself; layout in FORMAT.md.</summary>
internal sealed record CheckpointFooter
{
    public Lsn RedoFrom { get; init; }

    public Lsn Begin { get; init; }

    public Lsn End { get; init; }

    public IReadOnlyList<CheckpointSection> Sections { get; init; } = [];

    public long BlockCount { get; init; }

    public long RawBytes { get; init; }

    public string? Name { get; init; }

    /// <summary>What an increment builds on; null for a full one.</summary>
    public CheckpointParent? Parent { get; init; }

    public long Epoch { get; init; }

    /// <summary>The last frame below <see cref="RedoFrom"/>.</summary>
    public FrameLink Link { get; init; }

    public void Encode(GrowableBuffer target)
    {
        MessagePackWriter writer = new(target);
        writer.WriteMapHeader(10);
        writer.WriteInteger(1);
        writer.WriteInteger(RedoFrom.Value);
        writer.WriteInteger(2);
        writer.WriteInteger(Begin.Value);
        writer.WriteInteger(3);
        writer.WriteInteger(End.Value);
        writer.WriteInteger(4);
        writer.WriteArrayHeader(Sections.Count);
        foreach (CheckpointSection section in Sections)
            WriteSection(ref writer, section);
        writer.WriteInteger(5);
        writer.WriteInteger(BlockCount);
        writer.WriteInteger(6);
        writer.WriteInteger(RawBytes);
        writer.WriteInteger(7);
        if (Name is null)
            writer.WriteNil();
        else
            writer.WriteString(Name);
        writer.WriteInteger(8);
        WriteParent(ref writer, Parent);
        writer.WriteInteger(9);
        writer.WriteInteger(Epoch);
        writer.WriteInteger(10);
        writer.WriteArrayHeader(2);
        writer.WriteInteger(Link.Lsn.Value);
        writer.WriteInteger((ulong)Link.Chain);
    }

    /// <exception cref="MalformedDataException">It is not what a footer looks like.</exception>
    public static CheckpointFooter Decode(ReadOnlySpan<byte> source)
    {
        CheckpointFooter footer = new();
        MessagePackReader reader = new(source);
        int entries = reader.ReadMapHeader();
        for (int i = 0; i < entries; i++)
        {
            switch (reader.ReadInt64())
            {
                case 1: footer = footer with { RedoFrom = new Lsn(reader.ReadInt64()) }; break;
                case 2: footer = footer with { Begin = new Lsn(reader.ReadInt64()) }; break;
                case 3: footer = footer with { End = new Lsn(reader.ReadInt64()) }; break;
                case 4: footer = footer with { Sections = ReadSections(ref reader) }; break;
                case 5: footer = footer with { BlockCount = reader.ReadInt64() }; break;
                case 6: footer = footer with { RawBytes = reader.ReadInt64() }; break;
                case 7: footer = footer with { Name = reader.ReadStringOrNil() }; break;
                case 8: footer = footer with { Parent = ReadParent(ref reader) }; break;
                case 9: footer = footer with { Epoch = reader.ReadInt64() }; break;
                case 10: footer = footer with { Link = ReadLink(ref reader) }; break;
                default: reader.Skip(); break;
            }
        }

        return footer;
    }

    private static void WriteSection(ref MessagePackWriter writer, CheckpointSection section)
    {
        writer.WriteArrayHeader(section.IsWhole ? 6 : 7);
        writer.WriteInteger((long)section.Model);
        writer.WriteInteger((long)section.Version);
        writer.WriteInteger(section.AppliedLsn.Value);
        writer.WriteInteger(section.FirstBlock);
        writer.WriteInteger(section.BlockCount);
        writer.WriteInteger(section.ItemCount);
        if (!section.IsWhole)
            writer.WriteBoolean(false);
    }

    private static CheckpointSection[] ReadSections(ref MessagePackReader reader)
    {
        CheckpointSection[] sections = new CheckpointSection[reader.ReadArrayHeader()];
        for (int i = 0; i < sections.Length; i++)
        {
            int fields = reader.ReadArrayHeader();
            if (fields < 6)
                throw new MalformedDataException("A checkpoint section has fewer than six fields.", reader.Position);
            sections[i] = new CheckpointSection(
                (StateModelId)reader.ReadByte(), reader.ReadByte(), new Lsn(reader.ReadInt64()), reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64(),
                IsWhole: fields == 6 || reader.ReadBoolean());
            for (int extra = 7; extra < fields; extra++)
                reader.Skip();
        }

        return sections;
    }

    private static void WriteParent(ref MessagePackWriter writer, CheckpointParent? parent)
    {
        if (parent is not CheckpointParent known)
        {
            writer.WriteNil();
            return;
        }

        writer.WriteArrayHeader(2);
        writer.WriteInteger(known.Id);
        writer.WriteInteger((ulong)known.FileCrc);
    }

    private static CheckpointParent? ReadParent(ref MessagePackReader reader)
    {
        if (reader.TryReadNil())
            return null;
        int fields = reader.ReadArrayHeader();
        if (fields != 2)
            throw new MalformedDataException("The parent of a checkpoint does not have two fields.", reader.Position);
        return new CheckpointParent(reader.ReadInt64(), reader.ReadUInt32());
    }

    private static FrameLink ReadLink(ref MessagePackReader reader)
    {
        int fields = reader.ReadArrayHeader();
        if (fields != 2)
            throw new MalformedDataException("The link in a checkpoint does not have two fields.", reader.Position);
        return new FrameLink(new Lsn(reader.ReadInt64()), reader.ReadUInt32());
    }
}
