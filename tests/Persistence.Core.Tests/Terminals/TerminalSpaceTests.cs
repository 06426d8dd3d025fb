using System.Text;
using Persistence.Checkpoints;
using Persistence.Configuration;
using Persistence.Diagnostics;
using Persistence.Storage.Simulated;
using Persistence.Terminals;
using Persistence.Tests.Engine;
using Xunit;

namespace Persistence.Tests.Terminals;

/// <summary>Terminals on a full disk: output is refused and nothing is lost; what takes something away, or notes that a program has ended, goes on, and a checkpoint gives the space back.</summary>
public sealed class TerminalSpaceTests
{
    private static readonly StoreOptions Options = TestStore.SmallOptions with { ReserveBallastBytes = 128 << 10, CheckpointsRetained = 1, Compress = false };
    private static readonly byte[] Line = Encoding.ASCII.GetBytes(new string('x', 3000) + "\n");

    private static readonly Action<TerminalBatch, TerminalSample>[] Removals =
    [
        static (batch, sample) => batch.UnsetMetadata(sample.Work, "color"),
        static (batch, sample) => batch.UnsetEnvironment(sample.Work, "EDITOR"),
        static (batch, sample) => batch.SetPaneState(sample.Right, PaneState.Exited(0, 0, null)),
        static (batch, sample) => batch.DestroyPane(sample.Right),
        static (batch, sample) => batch.DestroyWindow(sample.Second),
        static (batch, sample) => batch.DestroySession(sample.Other),
    ];

    [Fact]
    public void Output_is_refused_and_removals_go_on_until_a_checkpoint_gives_the_space_back()
    {
        SimulatedFileSystem files = new();
        using TerminalStore store = TerminalStore.Create(files, Options);
        TerminalSample sample = TerminalSample.Add(store);
        store.Change(batch => batch.ConfigurePane(sample.Left, TerminalStore.Shell with { Scrollback = new ScrollbackLimits(0, 10_000) }));
        long written = Fill(files, store, sample.Left);
        Assert.Equal(written, store.Terminals.FindOutput(sample.Left)!.End);
        foreach (Action<TerminalBatch, TerminalSample> removal in Removals)
        {
            Assert.Equal(StoreError.DiskFull, Assert.ThrowsAny<StoreException>(() => store.Write(sample.Left, Line)).Error);
            store.Change(batch => removal(batch, sample));
        }

        using (TerminalStore killed = TerminalStore.Open(files.CrashImage(CrashImageKind.KeepEverything), Options))
            Assert.Equal(store.Dump(), killed.Dump());
        store.Store.TakeCheckpoint();
        store.Write(sample.Left, "again\n");
        Assert.Null(store.Store.GetStatus().FullSince);
        Assert.Equal(written + 6, store.Terminals.FindOutput(sample.Left)!.End);
        using TerminalStore again = TerminalStore.Open(files.CrashImage(CrashImageKind.DropPending), Options);
        Assert.Equal(store.Dump(), again.Dump());
    }

    /// <summary>Its output is in a file that is removed once another one has it: for as long as both are there, both take space.</summary>
    [Fact]
    public void A_checkpoint_that_finds_no_room_leaves_the_output_where_it_was()
    {
        SimulatedFileSystem files = new();
        using TerminalStore store = TerminalStore.Create(files, Options with { ReserveBallastBytes = 0 });
        TerminalSample sample = TerminalSample.Add(store);
        byte[] noise = new byte[300_000];
        new Random(5).NextBytes(noise);
        store.Write(sample.Left, noise);
        store.Store.TakeCheckpoint();
        store.Write(sample.Left, noise);
        string before = store.Dump();
        files.CapacityBytes = files.CapacityBytes - files.GetFreeBytes() + 100_000;
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(StoreError.DiskFull, Assert.ThrowsAny<StoreException>(() => store.Store.TakeCheckpoint(new CheckpointRequest { Kind = CheckpointKind.Full })).Error);
            Assert.Equal(before, store.Dump());
        }

        Assert.Equal(5 * ScrollbackChunk.BytesMax, store.Terminals.UnstoredBytes);
        files.CapacityBytes = long.MaxValue;
        store.Store.TakeCheckpoint(new CheckpointRequest { Kind = CheckpointKind.Full });
        Assert.Equal(before, store.Dump());
        Assert.Equal(0, store.Terminals.UnstoredBytes);
    }

    /// <returns>Bytes of output that were taken before the disk was full.</returns>
    private static long Fill(SimulatedFileSystem files, TerminalStore store, PaneId pane)
    {
        files.CapacityBytes = files.CapacityBytes - files.GetFreeBytes() + (200 << 10);
        try
        {
            while (true)
                store.Write(pane, Line);
        }
        catch (StoreException e) when (e.Error == StoreError.DiskFull)
        {
            return store.Terminals.FindOutput(pane)!.End;
        }
    }
}
