using Persistence.Checkpoints;
using Persistence.Configuration;
using Persistence.Storage.Simulated;
using Persistence.Terminals;
using Persistence.Tests.Engine;
using Xunit;

namespace Persistence.Tests.Terminals;

public sealed class TerminalStateTests
{
    private static readonly StoreOptions Increments = TestStore.SmallOptions with { CheckpointIncrementFromBytes = 0, CheckpointIncrementsMax = 8, CompactionRatioPercent = 0 };

    [Fact]
    public void Hierarchy_and_output_come_back_from_the_log()
    {
        SimulatedFileSystem files = new();
        PaneId pane;
        TerminalTree before;
        using (TerminalStore store = TerminalStore.Create(files))
        {
            pane = store.AddPane();
            store.Write(pane, "hello\n");
            store.Write(pane, "world\n");
            before = store.Terminals.Tree;
        }

        using TerminalStore again = TerminalStore.Open(files);
        Assert.Equal("hello\nworld\n", again.ReadText(pane));
        Assert.Equal(before.Sessions.Keys, again.Terminals.Tree.Sessions.Keys);
        Assert.Equal(before.Panes[pane].Created, again.Terminals.Tree.Panes[pane].Created);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public void Output_beyond_several_checkpoints_comes_back_byte_for_byte(int checkpoints)
    {
        SimulatedFileSystem files = new();
        byte[] all = new byte[700_000];
        new Random(7).NextBytes(all);
        PaneId pane;
        using (TerminalStore store = TerminalStore.Create(files, Increments))
        {
            pane = store.AddPane();
            int part = all.Length / (checkpoints + 1);
            for (int i = 0; i <= checkpoints; i++)
            {
                foreach (byte[] piece in all.Skip(i * part).Take(i == checkpoints ? all.Length : part).Chunk(10_000))
                    store.Write(pane, piece);
                if (i < checkpoints)
                    store.Store.TakeCheckpoint(new CheckpointRequest { Kind = i == 0 || i == 3 ? CheckpointKind.Full : CheckpointKind.Incremental });
                Assert.Equal(all[..(i == checkpoints ? all.Length : (i + 1) * part)], store.Read(pane));
            }

            Assert.True(store.Terminals.UnstoredBytes < all.Length / checkpoints);
        }

        using (TerminalStore again = TerminalStore.Open(files, Increments))
        {
            Assert.Equal(all, again.Read(pane));
            Assert.Contains(again.Terminals.FindOutput(pane)!.Scrollback.Chunks, chunk => chunk.IsStored);
            again.Store.TakeCheckpoint(new CheckpointRequest { Kind = CheckpointKind.Full });
            Assert.Equal(all, again.Read(pane));
        }

        using TerminalStore reader = TerminalStore.OpenReadOnly(files);
        Assert.Equal(all, reader.Read(pane));
    }

    [Fact]
    public void What_is_shown_begins_exactly_at_the_limit()
    {
        using TerminalStore store = TerminalStore.Create();
        PaneId pane = store.AddPane(limits: new ScrollbackLimits(1000, 0));
        for (int i = 0; i < 20_000; i++)
            store.Write(pane, $"this is line number {i}\n");
        string[] lines = store.ReadText(pane).Split('\n');
        Assert.Equal(1001, lines.Length);
        Assert.Equal("this is line number 19000", lines[0]);
        Assert.True(store.Terminals.FindOutput(pane)!.KeptBytes < (1000 * 30) + ScrollbackChunk.BytesMax);
    }
}
