using Persistence.Checkpoints;
using Persistence.Configuration;
using Persistence.Diagnostics;
using Persistence.Repair;
using Persistence.Storage.Simulated;
using Persistence.Terminals;
using Persistence.Tests.Engine;
using Persistence.Tests.Repair;
using Xunit;

namespace Persistence.Tests.Terminals;

/// <summary>What is left of terminals when a part of their log is damaged.</summary>
public sealed class TerminalSalvageTests
{
    private static readonly StoreOptions Options = TerminalStore.Increments with { LogRetainBytes = long.MaxValue };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Output_is_salvaged_around_a_hole_and_goes_on_where_it_ended(bool withCheckpoint)
    {
        SimulatedFileSystem files = new();
        using TerminalStore store = TerminalStore.Create(files, Options);
        PaneId pane = store.AddPane(limits: default(ScrollbackLimits));
        byte[] before = new byte[ScrollbackChunk.BytesMax + 10];
        store.Write(pane, before);
        if (withCheckpoint)
            store.Store.TakeCheckpoint();
        CommitPlace lost = new(store.Change(batch => batch.AppendOutput(pane, new byte[100])));
        byte[] after = new byte[ScrollbackChunk.BytesMax + 20];
        after.AsSpan().Fill(1);
        store.Write(pane, after);
        StoreImage damaged = StoreImage.Of(files);
        lost.Damage(damaged);
        Assert.Equal(StoreError.RecoveryRequired, Assert.ThrowsAny<StoreException>(() => TerminalStore.Open(damaged.ToFiles(), Options)).Error);

        (SimulatedFileSystem salvaged, RepairReport report) = Salvage(damaged);
        Assert.NotEmpty(report.LeftOut);
        long end = before.Length + 100 + after.Length;
        string expected;
        using (TerminalStore found = TerminalStore.Open(salvaged, Options))
        {
            Assert.Equal((byte[])[.. before, .. after], found.Read(pane));
            Assert.Equal(end, found.Terminals.FindOutput(pane)!.End);
            found.Write(pane, "more");
            found.Store.TakeCheckpoint(new CheckpointRequest { Kind = CheckpointKind.Incremental });
            expected = found.Dump();
        }

        using TerminalStore again = TerminalStore.Open(salvaged, Options);
        Assert.Equal(expected, again.Dump());
        Assert.Equal([0, before.Length, end + 4], (long[])[.. again.Terminals.FindOutput(pane)!.Scrollback.Chunks.Where(static chunk => chunk.Length != ScrollbackChunk.BytesMax).Select(static chunk => chunk.End).Prepend(0), again.Terminals.FindOutput(pane)!.End]);
    }

    [Fact]
    public void What_was_done_with_a_window_whose_creation_is_lost_is_left_out_and_the_rest_is_there()
    {
        SimulatedFileSystem files = new();
        using TerminalStore store = TerminalStore.Create(files, Options);
        PaneId kept = store.AddPane("kept");
        PaneId gone = default;
        CommitPlace lost = new(store.Change(batch => gone = batch.CreatePane(batch.CreateWindow(batch.CreateSession("lost"), "lost"), TerminalStore.Shell, TerminalSize.Default)));
        store.Write(gone, "gone");
        store.Change(batch => batch.SetPaneTitle(gone, "gone"));
        store.Write(kept, "kept");
        PaneId later = store.AddPane("later");
        StoreImage damaged = StoreImage.Of(files);
        lost.Damage(damaged);
        (SimulatedFileSystem salvaged, RepairReport report) = Salvage(damaged);
        Assert.Equal(3, report.LeftOut.Count);
        using TerminalStore found = TerminalStore.Open(salvaged, Options);
        Assert.Equal(["kept", "later"], found.Terminals.Tree.Sessions.Values.Select(static session => session.Name));
        Assert.Equal("kept", found.ReadText(kept));
        Assert.Equal([kept, later], found.Terminals.Tree.Panes.Keys);
        // No id is given out again that was ever seen.
        Assert.True(found.AddPane("next") > later);
    }

    private static (SimulatedFileSystem Disk, RepairReport Report) Salvage(StoreImage damaged)
    {
        SimulatedFileSystem salvaged = new();
        RepairReport report = StoreRepair.Run(
            TestStore.HostFor(damaged.ToFiles()),
            new RepairRequest { Mode = RepairMode.Salvage, Models = static () => [new TerminalState()], Destination = TestStore.HostFor(salvaged), Options = Options });
        return (salvaged, report);
    }
}
