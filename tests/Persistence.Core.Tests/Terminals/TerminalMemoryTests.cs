using Persistence.Configuration;
using Persistence.Storage.Simulated;
using Persistence.Terminals;
using Persistence.Tests.Engine;
using Xunit;

namespace Persistence.Tests.Terminals;

/// <summary>What output takes of memory: measured while nothing else runs in this process.</summary>
[Collection(nameof(TerminalMemoryTests))]
[CollectionDefinition(nameof(TerminalMemoryTests), DisableParallelization = true)]
public sealed class TerminalMemoryTests
{
    private const int Mebibyte = 1 << 20;

    private static readonly byte[] Lines = System.Text.Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(new string('y', 79) + "\n", ScrollbackChunk.BytesMax / 80)));

    /// <summary>Without a checkpoint: what the limit lets go of is in the log alone.</summary>
    [Fact]
    public void A_flood_of_output_takes_no_more_memory_than_the_limit_asks_for()
    {
        using TerminalStore store = TerminalStore.Create(new SimulatedFileSystem(), TestStore.SmallOptions with { Durability = DurabilityMode.None, SegmentBytes = Mebibyte, CheckpointsRetained = 1 });
        PaneId pane = store.AddPane(limits: new ScrollbackLimits(1000, 0));
        long before = 0;
        for (int written = 0; written < 200 * Mebibyte; written += Lines.Length)
        {
            store.Write(pane, Lines);
            PaneOutput output = store.Terminals.FindOutput(pane)!;
            Assert.InRange(output.KeptBytes, 0, (1000 * 80) + ScrollbackChunk.BytesMax);
            Assert.InRange(store.Terminals.UnstoredBytes, 0, output.KeptBytes);
            if (written / (16 * Mebibyte) == (written + Lines.Length) / (16 * Mebibyte))
                continue;
            // The simulated disk is in memory too: the log goes with a checkpoint.
            store.Store.TakeCheckpoint();
            long now = GC.GetTotalMemory(forceFullCollection: true);
            before = before == 0 ? now : before;
            Assert.InRange(now - before, long.MinValue, 8 * Mebibyte);
        }

        Assert.Equal(1000, store.ReadText(pane).Count(static character => character == '\n'));
    }

    [Fact]
    public void What_a_checkpoint_has_is_not_in_memory()
    {
        SimulatedFileSystem files = new();
        StoreOptions options = TerminalStore.Increments with { SegmentBytes = Mebibyte, CheckpointsRetained = 1 };
        long stored;
        using (TerminalStore store = TerminalStore.Create(files, options))
        {
            PaneId pane = store.AddPane(limits: default(ScrollbackLimits));
            for (int i = 0; i < 32 * Mebibyte / Lines.Length; i++)
                store.Write(pane, Lines);
            long before = GC.GetTotalMemory(forceFullCollection: true);
            Assert.InRange(store.Terminals.UnstoredBytes, 31 * Mebibyte, 32 * Mebibyte);
            store.Store.TakeCheckpoint();
            Assert.Equal(0, store.Terminals.UnstoredBytes);
            // The log on the simulated disk is gone too, twice the bytes; what is left of them is a sixtieth, compressed.
            stored = GC.GetTotalMemory(forceFullCollection: true);
            Assert.InRange(before - stored, 50 * Mebibyte, long.MaxValue);
            Assert.Equal(512 * (Lines.Length / 80), store.Terminals.FindOutput(pane)!.KeptLineFeeds);
        }

        using TerminalStore again = TerminalStore.Open(files, options);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - stored, long.MinValue, 4 * Mebibyte);
        Assert.Equal(0, again.Terminals.UnstoredBytes);
    }
}
