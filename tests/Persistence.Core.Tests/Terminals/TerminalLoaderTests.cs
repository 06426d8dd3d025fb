using Persistence.Diagnostics;
using Persistence.Engine;
using Persistence.Serialization;
using Persistence.State;
using Persistence.Storage.Simulated;
using Persistence.Terminals;
using Persistence.Tests.Engine;
using Xunit;

namespace Persistence.Tests.Terminals;

/// <summary>Checkpoint items made by hand: what is missing, what cannot be, what is newer.</summary>
public sealed class TerminalLoaderTests
{
    private static readonly SessionId Session = new(1);
    private static readonly WindowId Window = new(1);
    private static readonly PaneId Pane = new(1);

    private static readonly TerminalTree Tree = new TerminalTree { Next = new NextIds(2, 2, 2) }
        .With(new TerminalSession { Id = Session, Name = "work", Created = DateTimeOffset.UnixEpoch, ActiveWindow = Window })
        .With(new TerminalWindow { Id = Window, Session = Session, Index = 3, Name = "shell", Created = DateTimeOffset.UnixEpoch, Layout = TerminalLayout.Of(Pane), ActivePane = Pane })
        .With(new TerminalPane { Id = Pane, Window = Window, Created = DateTimeOffset.UnixEpoch, StateChanged = DateTimeOffset.UnixEpoch, Size = TerminalSize.Default, Configuration = TerminalStore.Shell });

    private static readonly Scrollback Output = new Scrollback { Pane = Pane }.Append(0, new byte[ScrollbackChunk.BytesMax * 2], out _).Append(ScrollbackChunk.BytesMax * 2, "tail\n"u8, out _);

    private static readonly byte[] Head = Item(static item => TerminalItems.WriteHead(item, Tree));
    private static readonly byte[] SessionItem = Item(static item => TerminalItems.Write(item, Tree.Sessions[Session]));
    private static readonly byte[] Metadata = Item(static item => TerminalItems.WriteMetadata(item, Session, "key", "value"));
    private static readonly byte[] Variable = Item(static item => TerminalItems.WriteVariable(item, Session, EnvironmentEntry.Remove("A")));
    private static readonly byte[] WindowItem = Item(static item => TerminalItems.Write(item, Tree.Windows[Window]));
    private static readonly byte[] PaneItem = Item(static item => TerminalItems.Write(item, Tree.Panes[Pane], Output));
    private static readonly byte[] FirstChunk = Chunk(Output.Chunks[0]);
    private static readonly byte[] SecondChunk = Chunk(Output.Chunks[1]);
    private static readonly byte[] Tail = Item(static item => TerminalItems.WriteTail(item, Output));
    private static readonly byte[][] All = [Head, SessionItem, Metadata, Variable, WindowItem, PaneItem, FirstChunk, SecondChunk, Tail];

    private static readonly Dictionary<string, byte[][]> Malformed = new()
    {
        ["nothing"] = [[]],
        ["no array"] = [[0xC0]],
        ["an item of another kind"] = [Head, [0x91, 8]],
        ["a window without a session"] = [Head, WindowItem],
        ["two windows at an index"] = [Head, SessionItem, WindowItem, Item(static item => TerminalItems.Write(item, Tree.Windows[Window] with { Id = new WindowId(2) }))],
        ["two sessions of a name"] = [Head, SessionItem, Item(static item => TerminalItems.Write(item, Tree.Sessions[Session] with { Id = new SessionId(2), Name = "WORK" }))],
        ["a session of number 0"] = [Head, Item(static item => TerminalItems.Write(item, Tree.Sessions[Session] with { Id = default }))],
        ["a window of number 0"] = [Head, SessionItem, Item(static item => TerminalItems.Write(item, Tree.Windows[Window] with { Id = default }))],
        ["a pane of number 0"] = [Head, Item(static item => TerminalItems.Write(item, Tree.Panes[Pane] with { Id = default }, Output))],
        ["metadata of no session"] = [Head, Metadata],
        ["a variable of no session"] = [Head, Variable],
        ["metadata that is said twice"] = [Head, SessionItem, Metadata, Item(static item => TerminalItems.WriteMetadata(item, Session, "key", "other"))],
        ["a chunk of no pane"] = [Head, FirstChunk],
        ["a tail of no pane"] = [Head, Tail],
        ["an empty chunk"] = [.. All[..6], ChunkOf(0, 0, [])],
        ["a chunk that is too long"] = [.. All[..6], ChunkOf(0, ScrollbackChunk.BytesMax + 1, new byte[ScrollbackChunk.BytesMax + 1])],
        ["a chunk that is shorter than it says"] = [.. All[..6], ChunkOf(0, 10, new byte[9])],
        ["a chunk at a negative position"] = [.. All[..6], ChunkOf(-1, 1, new byte[1])],
        ["a tail as long as a chunk"] = [.. All[..6], TailOf(0, 0, new byte[ScrollbackChunk.BytesMax])],
        ["a tail with other line feeds"] = [.. All[..6], TailOf(0, 2, [10])],
        ["a tail at a negative position"] = [.. All[..6], TailOf(-1, 0, [1])],
    };

    public static TheoryData<string> Names => [.. Malformed.Keys];

    [Fact]
    public void What_is_whole_lacks_nothing_and_breaks_no_rule()
    {
        TerminalLoader loader = Load(All);
        Assert.Empty(loader.FindMissing());
        Assert.Empty(TerminalInvariants.FindViolations(loader.Version));
        Assert.Equal("value", loader.Version.Tree.Sessions[Session].Metadata["key"]);
    }

    [Fact]
    public void Output_that_is_missing_is_told()
    {
        const string Kept = "of 131077 bytes of output of pane 1 between 0 and 131077 the checkpoints have";
        Assert.Equal([$"{Kept} 65541 between 65536 and 131077"], Load([.. All[..6], SecondChunk, Tail]).FindMissing());
        Assert.Equal([$"{Kept} 65541 between 0 and 131077"], Load([.. All[..6], FirstChunk, Tail]).FindMissing());
        Assert.Equal([$"{Kept} 131072 between 0 and 131077"], Load([.. All[..6], FirstChunk, SecondChunk]).FindMissing());
        Assert.Equal([$"{Kept} 0 between 131077 and 131077"], Load(All[..6]).FindMissing());
        Assert.Equal([$"{Kept} 131077 between 0 and 131078"], Load([.. All[..8], TailOf(131_073, 1, "tail\n"u8)]).FindMissing());
    }

    /// <summary>What the parent has is taken over; what is there already is replaced.</summary>
    [Fact]
    public void An_increment_adds_to_what_came_before()
    {
        byte[][] increment = [Head, SessionItem, WindowItem, Item(static item => TerminalItems.Write(item, Tree.Panes[Pane], Output.From(ScrollbackChunk.BytesMax))), SecondChunk, Tail];
        TerminalLoader loader = Load([.. All, .. increment]);
        Assert.Empty(loader.FindMissing());
        Assert.Empty(TerminalInvariants.FindViolations(loader.Version));
        Assert.Empty(loader.Version.Tree.Sessions[Session].Metadata);
        Assert.Equal((65_536, 131_077, 1), (loader.Version.Output[Pane].Begin, loader.Version.Output[Pane].End, loader.Version.Output[Pane].Chunks.Count));
        Assert.Single(Load([.. All, Head]).Version.Output.Values.DefaultIfEmpty(new Scrollback { Pane = default }));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void What_cannot_be_is_malformed(string name) => Assert.ThrowsAny<MalformedDataException>(() => Load(Malformed[name]));

    [Fact]
    public void An_item_that_has_too_few_fields_or_ends_early_is_malformed()
    {
        for (int i = 0; i < All.Length; i++)
        {
            byte[] item = WithFields(All[i], -1);
            Assert.True(Record.Exception(() => Load([.. All[..i], item])) is MalformedDataException, $"item {i}");
            for (int length = 0; length < Math.Min(All[i].Length, 200); length++)
                Assert.True(Record.Exception(() => Load([.. All[..i], All[i][..length]])) is MalformedDataException, $"item {i}, {length} bytes");
        }
    }

    [Fact]
    public void Fields_that_a_newer_version_has_added_are_passed_over()
    {
        TerminalLoader loader = Load([.. All.Select(static item => WithFields(item, 2))]);
        Assert.Empty(loader.FindMissing());
        Assert.Empty(TerminalInvariants.FindViolations(loader.Version));
        Assert.Equal(131_077, loader.Version.Output[Pane].End);
        Assert.Equal(new byte[ScrollbackChunk.BytesMax], ChunkItem.ReadBytes(WithFields(SecondChunk, 2), Output.Chunks[1]));
    }

    [Fact]
    public void Of_a_checkpoint_in_which_output_is_missing_the_store_is_not_opened()
    {
        SimulatedFileSystem files = MakeForeign(new ForeignTerminals(), [.. All[..6], FirstChunk, Tail]);
        StoreException refused = Assert.ThrowsAny<StoreException>(() => TerminalStore.Open(files));
        Assert.Equal(StoreError.MalformedData, refused.Error);
        Assert.Contains("of 131077 bytes of output of pane 1", refused.Message, StringComparison.Ordinal);
        Assert.Equal(StoreError.MalformedData, Assert.ThrowsAny<StoreException>(() => TerminalStore.OpenReadOnly(files)).Error);
        Assert.Empty(files.OpenFiles);
    }

    [Fact]
    public void Items_made_by_hand_open()
    {
        using TerminalStore store = TerminalStore.Open(MakeForeign(new ForeignTerminals(), All));
        Assert.Equal([.. new byte[131_072], .. "tail\n"u8], store.Read(Pane));
    }

    [Fact]
    public void Items_of_a_newer_version_are_unsupported()
    {
        SimulatedFileSystem files = MakeForeign(new ForeignTerminals { SnapshotVersion = 2 }, All);
        Assert.Equal(StoreError.UnsupportedFormatVersion, Assert.ThrowsAny<StoreException>(() => TerminalStore.Open(files)).Error);
    }

    [Theory]
    [InlineData((byte)TerminalRecordKind.SessionCreated, 2, RecordFlags.None)]
    [InlineData(24, 1, RecordFlags.None)]
    [InlineData(24, 1, RecordFlags.Skippable)]
    public void A_record_of_a_newer_version_is_unsupported_unless_it_may_be_skipped(byte kind, byte version, RecordFlags flags)
    {
        ForeignTerminals foreign = new();
        SimulatedFileSystem files = MakeForeign(foreign, [], () => foreign.Commit(kind, version, static payload => payload.WriteNil(), flags));
        if (flags == RecordFlags.Skippable)
        {
            using TerminalStore store = TerminalStore.Open(files);
            Assert.Empty(store.Terminals.Tree.Sessions);
            return;
        }

        StoreException refused = Assert.ThrowsAny<StoreException>(() => TerminalStore.Open(files));
        Assert.Equal(StoreError.UnsupportedFormatVersion, refused.Error);
        Assert.NotNull(refused.Position);
    }

    /// <summary>Output that is not where the one before it ended, and changes of what is not there: the log lacks something.</summary>
    [Fact]
    public void A_log_that_contradicts_the_state_is_not_opened()
    {
        ForeignTerminals foreign = new();
        foreach (Action<MessagePackWriter> output in (Action<MessagePackWriter>[])[static payload => WriteOutput(payload, 131_078), static payload => WriteOutput(payload, 131_076), static payload => WriteOutput(payload, -1)])
        {
            SimulatedFileSystem files = MakeForeign(foreign, All, () => foreign.Commit((byte)TerminalRecordKind.PaneOutput, 1, output));
            Assert.Equal(StoreError.MalformedData, Assert.ThrowsAny<StoreException>(() => TerminalStore.Open(files)).Error);
        }

        SimulatedFileSystem gone = MakeForeign(foreign, All, () => foreign.Commit((byte)TerminalRecordKind.PaneDestroyed, 1, static payload =>
        {
            payload.WriteArrayHeader(1);
            payload.WriteInteger(9);
        }));
        Assert.Equal(StoreError.MalformedData, Assert.ThrowsAny<StoreException>(() => TerminalStore.Open(gone)).Error);
    }

    private static void WriteOutput(MessagePackWriter payload, long position)
    {
        payload.WriteArrayHeader(2);
        payload.WriteInteger(1);
        payload.WriteBinary("x"u8);
        payload.WriteInteger(position);
    }

    private static SimulatedFileSystem MakeForeign(ForeignTerminals foreign, byte[][] items, Action? commit = null)
    {
        SimulatedFileSystem files = new();
        StoreHost host = TestStore.HostFor(files);
        PersistenceStore.Create(host, TestStore.SmallOptions);
        using PersistenceStore store = PersistenceStore.Open(host, TestStore.SmallOptions, [foreign]);
        foreign.Items.Clear();
        foreign.Items.AddRange(items);
        if (items.Length > 0)
            store.TakeCheckpoint();
        commit?.Invoke();
        store.Close();
        return files;
    }

    private static TerminalLoader Load(params IEnumerable<byte[]> items)
    {
        TerminalLoader loader = new();
        foreach (byte[] item in items)
            loader.Read(item, new StoredChunk(null!, default));
        return loader;
    }

    private static byte[] Item(Action<GrowableBuffer> write)
    {
        GrowableBuffer item = new(1 << 20);
        write(item);
        return item.WrittenSpan.ToArray();
    }

    private static byte[] Chunk(ScrollbackChunk chunk) => Item(item => ChunkItem.Write(new MessagePackWriter(item), chunk, chunk.InMemory!, null, new GrowableBuffer(1 << 20)));

    private static byte[] ChunkOf(long position, int length, byte[] bytes) => Of(4, position, length, 0, bytes);

    private static byte[] TailOf(long position, int lineFeeds, ReadOnlySpan<byte> bytes) => Of(5, position, null, lineFeeds, bytes);

    private static byte[] Of(int kind, long position, int? length, int lineFeeds, ReadOnlySpan<byte> bytes)
    {
        GrowableBuffer item = new(1 << 20);
        MessagePackWriter writer = new(item);
        writer.WriteArrayHeader(length is null ? 5 : 7);
        writer.WriteInteger(kind);
        writer.WriteInteger(Pane.Value);
        writer.WriteInteger(position);
        if (length is int value)
            writer.WriteInteger(value);
        writer.WriteInteger(lineFeeds);
        if (length is not null)
            writer.WriteInteger(0);
        writer.WriteBinary(bytes);
        return item.WrittenSpan.ToArray();
    }

    /// <summary>The same with more fields, or with fewer.</summary>
    private static byte[] WithFields(byte[] item, int more)
    {
        MessagePackReader reader = new(item);
        int fields = reader.ReadArrayHeader();
        GrowableBuffer changed = new(1 << 20);
        MessagePackWriter writer = new(changed);
        writer.WriteArrayHeader(fields + more);
        for (int i = 0; i < Math.Min(fields, fields + more); i++)
            writer.WriteRaw(reader.ReadRaw());
        for (int i = 0; i < more; i++)
            writer.WriteString("newer");
        return changed.WrittenSpan.ToArray();
    }
}
