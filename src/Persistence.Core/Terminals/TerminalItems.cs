using System.Collections.Immutable;
using Persistence.Diagnostics;
using Persistence.Serialization;

namespace Persistence.Terminals;

/// <summary>Checkpoint items; FORMAT.md.</summary>
internal static class TerminalItems
{
    private const int HeadFields = 6;
    private const int SessionFields = 7;
    private const int WindowFields = 8;
    private const int PaneFields = 15;
    private const int TailFields = 5;

    public static void WriteHead(GrowableBuffer item, TerminalTree tree)
    {
        MessagePackWriter writer = Begin(item, HeadFields, TerminalItemKind.Head);
        writer.WriteInteger(tree.Next.Session);
        writer.WriteInteger(tree.Next.Window);
        writer.WriteInteger(tree.Next.Pane);
        TerminalCodec.WriteLimits(writer, tree.Scrollback);
    }

    public static void Write(GrowableBuffer item, TerminalSession session)
    {
        MessagePackWriter writer = Begin(item, SessionFields, TerminalItemKind.Session);
        writer.WriteInteger(session.Id.Value);
        writer.WriteString(session.Name);
        TerminalCodec.WriteTime(writer, session.Created);
        writer.WriteArrayHeader(session.Metadata.Count);
        foreach ((string key, string value) in session.Metadata)
        {
            writer.WriteArrayHeader(2);
            writer.WriteString(key);
            writer.WriteString(value);
        }

        TerminalCodec.WriteVariables(writer, [.. session.Environment.Values]);
        writer.WriteInteger(session.ActiveWindow.Value);
    }

    public static void Write(GrowableBuffer item, TerminalWindow window)
    {
        MessagePackWriter writer = Begin(item, WindowFields, TerminalItemKind.Window);
        writer.WriteInteger(window.Id.Value);
        writer.WriteInteger(window.Session.Value);
        writer.WriteInteger(window.Index);
        writer.WriteString(window.Name);
        TerminalCodec.WriteTime(writer, window.Created);
        LayoutCodec.Write(writer, window.Layout);
        writer.WriteInteger(window.ActivePane.Value);
    }

    public static void Write(GrowableBuffer item, TerminalPane pane, Scrollback output)
    {
        MessagePackWriter writer = Begin(item, PaneFields, TerminalItemKind.Pane);
        writer.WriteInteger(pane.Id.Value);
        writer.WriteInteger(pane.Window.Value);
        TerminalCodec.WriteTime(writer, pane.Created);
        TerminalCodec.Write(writer, pane.Size);
        TerminalCodec.Write(writer, pane.Configuration);
        writer.WriteString(pane.Title);
        TerminalCodec.WriteOrNil(writer, pane.WorkingDirectory);
        TerminalCodec.Write(writer, pane.State);
        TerminalCodec.WriteTime(writer, pane.StateChanged);
        writer.WriteInteger(output.Begin);
        writer.WriteInteger(output.End);
    }

    public static void WriteTail(GrowableBuffer item, Scrollback output)
    {
        MessagePackWriter writer = Begin(item, TailFields, TerminalItemKind.Tail);
        writer.WriteInteger(output.Pane.Value);
        writer.WriteInteger(output.TailPosition);
        writer.WriteInteger(output.TailLineFeeds);
        writer.WriteBinary(output.Tail.Span);
    }

    /// <summary>Takes an item.</summary>
    /// <param name="item">The item.</param>
    /// <param name="version">What was loaded so far.</param>
    /// <param name="before">The output of the checkpoints that this one builds on, by pane.</param>
    /// <param name="stored">Where the item is.</param>
    /// <returns>What is loaded with it.</returns>
    /// <exception cref="MalformedDataException">It is not what the format says.</exception>
    public static TerminalVersion Read(ReadOnlySpan<byte> item, TerminalVersion version, ref ImmutableDictionary<PaneId, Scrollback> before, StoredChunk stored)
    {
        MessagePackReader reader = new(item, MessagePackReader.LargestMaxDepth);
        int fields = reader.ReadArrayHeader();
        TerminalItemKind kind = (TerminalItemKind)reader.ReadByte();
        try
        {
            switch (kind)
            {
                case TerminalItemKind.Head:
                    before = version.Output;
                    return new TerminalVersion(ReadHead(ref reader, fields), ImmutableDictionary<PaneId, Scrollback>.Empty);
                case TerminalItemKind.Session:
                    return version with { Tree = ReadSession(ref reader, version.Tree, fields) };
                case TerminalItemKind.Window:
                    return version with { Tree = ReadWindow(ref reader, version.Tree, fields) };
                case TerminalItemKind.Pane:
                    return ReadPane(ref reader, version, before, fields);
                case TerminalItemKind.Chunk:
                    return WithChunk(version, ChunkItem.ReadStored(ref reader, fields, stored));
                case TerminalItemKind.Tail:
                    return ReadTail(ref reader, version, fields);
                default:
                    throw new MalformedDataException("There is no such item of terminals.", reader.Position);
            }
        }
        catch (ArgumentException e)
        {
            throw new MalformedDataException($"An item of terminals has a field that cannot be: {e.Message}", reader.Position);
        }
    }

    private static MessagePackWriter Begin(GrowableBuffer item, int fields, TerminalItemKind kind)
    {
        MessagePackWriter writer = new(item);
        writer.WriteArrayHeader(fields);
        writer.WriteInteger((int)kind);
        return writer;
    }

    /// <exception cref="MalformedDataException">There are fewer fields than there must be.</exception>
    public static void Require(int fields, int least, in MessagePackReader reader)
    {
        if (fields < least)
            throw new MalformedDataException($"An item of terminals has {fields} fields; {least} were expected.", reader.Position);
    }

    private static TerminalTree ReadHead(ref MessagePackReader reader, int fields)
    {
        Require(fields, HeadFields, reader);
        NextIds next = new(reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64());
        return TerminalTree.Empty with { Next = next, Scrollback = TerminalCodec.ReadLimits(ref reader) };
    }

    private static TerminalTree ReadSession(ref MessagePackReader reader, TerminalTree tree, int fields)
    {
        Require(fields, SessionFields, reader);
        TerminalSession session = new() { Id = TerminalCodec.ReadSession(ref reader), Name = TerminalText.RequireName(reader.ReadString()), Created = TerminalCodec.ReadTime(ref reader) };
        ImmutableSortedDictionary<string, string>.Builder metadata = session.Metadata.ToBuilder();
        int count = reader.ReadArrayHeader();
        for (int i = 0; i < count; i++)
        {
            TerminalCodec.RequireFields(ref reader, 2);
            metadata[reader.ReadString()] = reader.ReadString();
        }

        session = session with
        {
            Metadata = metadata.ToImmutable(),
            Environment = session.Environment.AddRange(TerminalCodec.ReadVariables(ref reader).Select(static variable => KeyValuePair.Create(variable.Name, variable))),
            ActiveWindow = new WindowId(reader.ReadInt64()),
        };
        return tree.With(session) with { Names = tree.Names.Add(session.Name, session.Id) };
    }

    private static TerminalTree ReadWindow(ref MessagePackReader reader, TerminalTree tree, int fields)
    {
        Require(fields, WindowFields, reader);
        TerminalWindow window = new()
        {
            Id = TerminalCodec.ReadWindow(ref reader),
            Session = TerminalCodec.ReadSession(ref reader),
            Index = TerminalCodec.ReadIndex(ref reader) ?? throw new MalformedDataException("A window has no index.", reader.Position),
            Name = TerminalText.RequireName(reader.ReadString()),
            Created = TerminalCodec.ReadTime(ref reader),
            Layout = LayoutCodec.Read(ref reader),
            ActivePane = new PaneId(reader.ReadInt64()),
        };
        TerminalSession session = tree.Sessions.GetValueOrDefault(window.Session) ?? throw new MalformedDataException("A window is in no session.", reader.Position);
        return tree.With(window).With(session with { Windows = session.Windows.Add(window.Index, window.Id) });
    }

    private static TerminalVersion ReadPane(ref MessagePackReader reader, TerminalVersion version, ImmutableDictionary<PaneId, Scrollback> before, int fields)
    {
        Require(fields, PaneFields, reader);
        TerminalPane pane = new()
        {
            Id = TerminalCodec.ReadPane(ref reader),
            Window = TerminalCodec.ReadWindow(ref reader),
            Created = TerminalCodec.ReadTime(ref reader),
            Size = TerminalCodec.ReadSize(ref reader),
            Configuration = TerminalCodec.ReadConfiguration(ref reader),
            Title = TerminalText.RequireShown(reader.ReadString(), TerminalText.TitleCharsMax),
            WorkingDirectory = reader.ReadStringOrNil(),
            State = TerminalCodec.ReadState(ref reader),
            StateChanged = TerminalCodec.ReadTime(ref reader),
        };
        long begin = reader.ReadInt64();
        Scrollback kept = before.GetValueOrDefault(pane.Id) ?? new Scrollback { Pane = pane.Id };
        return new TerminalVersion(version.Tree.With(pane), version.Output.SetItem(pane.Id, kept.From(begin).WithTail(reader.ReadInt64(), 0, [])));
    }

    private static TerminalVersion WithChunk(TerminalVersion version, ScrollbackChunk chunk) => Change(version, chunk.Pane, output => output.With(chunk));

    private static TerminalVersion ReadTail(ref MessagePackReader reader, TerminalVersion version, int fields)
    {
        Require(fields, TailFields, reader);
        PaneId pane = TerminalCodec.ReadPane(ref reader);
        long position = reader.ReadInt64();
        int lineFeeds = reader.ReadInt32();
        byte[] bytes = reader.ReadBinary().ToArray();
        if (position < 0 || bytes.Length >= ScrollbackChunk.BytesMax || bytes.AsSpan().Count((byte)'\n') != lineFeeds)
            throw new MalformedDataException("The tail of an output has fields that cannot be.", reader.Position);
        return Change(version, pane, output => output.WithTail(position, lineFeeds, bytes));
    }

    private static TerminalVersion Change(TerminalVersion version, PaneId pane, Func<Scrollback, Scrollback> change) => version.Output.TryGetValue(pane, out Scrollback? output)
        ? version with { Output = version.Output.SetItem(pane, change(output)) }
        : throw new MalformedDataException($"Output is for pane {pane}, which is not there.", 0);
}
