using System.Collections.Immutable;
using Persistence.Diagnostics;
using Persistence.Serialization;

namespace Persistence.Terminals;

/// <summary>Puts a state together from the items of a chain of checkpoints; FORMAT.md.</summary>
internal sealed class TerminalLoader
{
    // Where what is kept of each output begins and ends, and how many bytes it is, as the newest checkpoint says.
    private readonly Dictionary<PaneId, (long Begin, long End, long Bytes)> _kept = [];

    // The output of the checkpoints that the one at hand builds on.
    private ImmutableDictionary<PaneId, Scrollback> _before = ImmutableDictionary<PaneId, Scrollback>.Empty;

    /// <summary>What was loaded so far.</summary>
    public TerminalVersion Version { get; private set; } = TerminalVersion.Empty;

    /// <summary>Takes the next item.</summary>
    /// <param name="item">The item.</param>
    /// <param name="stored">Where it is.</param>
    /// <returns>Whether it is to be read again from there.</returns>
    /// <exception cref="MalformedDataException">It is not what the format says.</exception>
    public bool Read(ReadOnlySpan<byte> item, StoredChunk stored)
    {
        MessagePackReader reader = new(item, MessagePackReader.LargestMaxDepth);
        int fields = reader.ReadArrayHeader();
        TerminalItemKind kind = (TerminalItemKind)reader.ReadByte();
        try
        {
            Version = Read(kind, ref reader, fields, stored);
            return kind == TerminalItemKind.Chunk;
        }
        catch (ArgumentException e)
        {
            throw new MalformedDataException($"An item of terminals has a field that cannot be: {e.Message}", reader.Position);
        }
    }

    /// <summary>One sentence for each output of which something is missing in the checkpoints.</summary>
    public IEnumerable<string> FindMissing() => _kept
        .Select(kept => (Output: Version.Output[kept.Key], Kept: kept.Value))
        .Where(static pane => (pane.Output.Begin, pane.Output.End, pane.Output.Bytes) != pane.Kept)
        .Select(static pane => $"of {pane.Kept.Bytes} bytes of output of pane {pane.Output.Pane} between {pane.Kept.Begin} and {pane.Kept.End} the checkpoints have {pane.Output.Bytes} between {pane.Output.Begin} and {pane.Output.End}");

    private TerminalVersion Read(TerminalItemKind kind, ref MessagePackReader reader, int fields, StoredChunk stored) => kind switch
    {
        TerminalItemKind.Head => ReadHead(ref reader, fields),
        TerminalItemKind.Session => Version with { Tree = ReadSession(ref reader, Version.Tree, fields) },
        TerminalItemKind.Metadata => Version with { Tree = ReadMetadata(ref reader, Version.Tree, fields) },
        TerminalItemKind.Variable => Version with { Tree = ReadVariable(ref reader, Version.Tree, fields) },
        TerminalItemKind.Window => Version with { Tree = ReadWindow(ref reader, Version.Tree, fields) },
        TerminalItemKind.Pane => ReadPane(ref reader, fields),
        TerminalItemKind.Chunk => WithChunk(ChunkItem.ReadStored(ref reader, fields, stored)),
        TerminalItemKind.Tail => ReadTail(ref reader, fields),
        _ => throw new MalformedDataException("There is no such item of terminals.", reader.Position),
    };

    /// <exception cref="MalformedDataException">There are fewer fields than there must be.</exception>
    public static void Require(int fields, int least, in MessagePackReader reader)
    {
        if (fields < least)
            throw new MalformedDataException($"An item of terminals has {fields} fields; {least} were expected.", reader.Position);
    }

    private TerminalVersion ReadHead(ref MessagePackReader reader, int fields)
    {
        Require(fields, TerminalItems.HeadFields, reader);
        _before = Version.Output;
        _kept.Clear();
        NextIds next = new(reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64());
#if MUTANTS
        if (Mutants.Is(Mutants.DestroyedPaneComesBack))
            return Version with { Tree = Version.Tree with { Next = next, Scrollback = TerminalCodec.ReadLimits(ref reader) } };
#endif
        return TerminalVersion.Empty with { Tree = TerminalTree.Empty with { Next = next, Scrollback = TerminalCodec.ReadLimits(ref reader) } };
    }

    private static TerminalTree ReadSession(ref MessagePackReader reader, TerminalTree tree, int fields)
    {
        Require(fields, TerminalItems.SessionFields, reader);
        TerminalSession session = new()
        {
            Id = new SessionId(TerminalCodec.ReadId(ref reader)),
            Name = TerminalText.RequireName(reader.ReadString()),
            Created = TerminalCodec.ReadTime(ref reader),
            ActiveWindow = new WindowId(reader.ReadInt64()),
        };
        return tree.With(session) with { Names = tree.Names.Add(session.Name, session.Id) };
    }

    private static TerminalTree ReadMetadata(ref MessagePackReader reader, TerminalTree tree, int fields)
    {
        Require(fields, TerminalItems.MetadataFields, reader);
        TerminalSession session = FindSession(tree, ref reader);
        return tree.With(session with { Metadata = session.Metadata.Add(TerminalText.RequireName(reader.ReadString(), "key"), TerminalText.RequireValue(reader.ReadString(), TerminalText.ValueCharsMax, "value")) });
    }

    private static TerminalTree ReadVariable(ref MessagePackReader reader, TerminalTree tree, int fields)
    {
        Require(fields, TerminalItems.VariableFields, reader);
        TerminalSession session = FindSession(tree, ref reader);
        EnvironmentEntry variable = TerminalCodec.ReadVariable(ref reader);
        return tree.With(session with { Environment = session.Environment.Add(variable.Name, variable) });
    }

    private static TerminalSession FindSession(TerminalTree tree, ref MessagePackReader reader) =>
        tree.Sessions.GetValueOrDefault(TerminalCodec.ReadSession(ref reader)) ?? throw new MalformedDataException("An item is of a session that is not there.", reader.Position);

    private static TerminalTree ReadWindow(ref MessagePackReader reader, TerminalTree tree, int fields)
    {
        Require(fields, TerminalItems.WindowFields, reader);
        TerminalWindow window = new()
        {
            Id = new WindowId(TerminalCodec.ReadId(ref reader)),
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

    private TerminalVersion ReadPane(ref MessagePackReader reader, int fields)
    {
        Require(fields, TerminalItems.PaneFields, reader);
        TerminalPane pane = new()
        {
            Id = new PaneId(TerminalCodec.ReadId(ref reader)),
            Window = TerminalCodec.ReadWindow(ref reader),
            Created = TerminalCodec.ReadTime(ref reader),
            Size = TerminalCodec.ReadSize(ref reader),
            Configuration = TerminalCodec.ReadConfiguration(ref reader),
            Title = TerminalText.RequireShown(reader.ReadString(), TerminalText.TitleCharsMax, "title"),
            WorkingDirectory = reader.ReadStringOrNil() is string path ? TerminalText.RequirePath(path, "working directory") : null,
            State = TerminalCodec.ReadState(ref reader),
            StateChanged = TerminalCodec.ReadTime(ref reader),
        };
        (long begin, long end, long bytes) = (reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64());
        _kept[pane.Id] = (begin, end, bytes);
        Scrollback output = _before.GetValueOrDefault(pane.Id) ?? new Scrollback { Pane = pane.Id };
        return new TerminalVersion(Version.Tree.With(pane), Version.Output.SetItem(pane.Id, output.From(begin).WithTail(end, 0, [])));
    }

    private TerminalVersion WithChunk(ScrollbackChunk chunk) => Change(chunk.Pane, output => output.With(chunk));

    private TerminalVersion ReadTail(ref MessagePackReader reader, int fields)
    {
        Require(fields, TerminalItems.TailFields, reader);
        PaneId pane = TerminalCodec.ReadPane(ref reader);
        long position = reader.ReadInt64();
        int lineFeeds = reader.ReadInt32();
        byte[] bytes = reader.ReadBinary().ToArray();
        if (position < 0 || bytes.Length >= ScrollbackChunk.BytesMax || bytes.AsSpan().Count((byte)'\n') != lineFeeds)
            throw new MalformedDataException("The tail of an output has fields that cannot be.", reader.Position);
        return Change(pane, output => output.WithTail(position, lineFeeds, bytes));
    }

    private TerminalVersion Change(PaneId pane, Func<Scrollback, Scrollback> change) => Version.Output.TryGetValue(pane, out Scrollback? output)
        ? Version with { Output = Version.Output.SetItem(pane, change(output)) }
        : throw new MalformedDataException($"Output is for pane {pane}, which is not there.", 0);
}
