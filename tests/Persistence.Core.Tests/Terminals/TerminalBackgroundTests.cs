using Persistence.Configuration;
using Persistence.Storage.Simulated;
using Persistence.Terminals;
using Persistence.Tests.Engine;
using Xunit;

namespace Persistence.Tests.Terminals;

/// <summary>Checkpoints that the state asks for because it has too much output in memory.</summary>
public sealed class TerminalBackgroundTests
{
    private const string Background = "store-background";
    private const int Limit = 1 << 20;

    [Fact]
    public void With_more_output_in_memory_than_it_should_have_it_has_a_checkpoint_taken_and_not_before()
    {
        WatchedScheduler scheduler = new();
        using TerminalStore store = TerminalStore.Create(
            TestStore.HostFor(new SimulatedFileSystem()) with { Scheduler = scheduler },
            TerminalStore.Increments with { TerminalScrollbackMemoryBytes = Limit, CheckpointIntervalSeconds = 3600, SegmentBytes = Limit });
        PaneId first = store.AddPane("first", default(ScrollbackLimits));
        PaneId second = store.AddPane("second", default(ScrollbackLimits));
        byte[] chunk = new byte[ScrollbackChunk.BytesMax];
        for (long round = 1; round <= 3; round++)
        {
            // Together they have what is allowed.
            for (int i = 0; i < Limit / chunk.Length; i++)
                store.Write(i % 2 == 0 ? first : second, chunk);
            int sleeps = scheduler.SleepsOf(Background) + scheduler.PausesOf(Background);
            store.Write(first, "x");
            Assert.True(SpinWait.SpinUntil(() => scheduler.SleepsOf(Background) + scheduler.PausesOf(Background) > sleeps, BackgroundCall.Patience));
            Assert.Equal(round == 1 ? null : round - 1, store.Store.GetStatus().LastCheckpointId);
            store.Write(second, chunk);
            Assert.True(SpinWait.SpinUntil(() => store.Store.GetStatus().LastCheckpointId == round && store.Terminals.UnstoredBytes == 0, BackgroundCall.Patience));
        }

        Assert.Null(store.Store.GetStatus().Degraded);
    }

    /// <summary>What replay has put there is taken out with the first output.</summary>
    [Fact]
    public void A_store_that_was_opened_with_too_much_asks_as_well()
    {
        SimulatedFileSystem files = new();
        StoreOptions options = TestStore.SmallOptions with { TerminalScrollbackMemoryBytes = Limit, CheckpointIntervalSeconds = 3600, SegmentBytes = Limit };
        PaneId pane;
        using (TerminalStore store = TerminalStore.Create(files, options with { TerminalScrollbackMemoryBytes = 64 << 20 }))
        {
            pane = store.AddPane(limits: default(ScrollbackLimits));
            store.Write(pane, new byte[Limit + ScrollbackChunk.BytesMax]);
        }

        using TerminalStore again = TerminalStore.Open(files, options);
        Assert.Equal(Limit + ScrollbackChunk.BytesMax, again.Terminals.UnstoredBytes);
        again.Write(pane, "x");
        Assert.True(SpinWait.SpinUntil(() => again.Terminals.UnstoredBytes == 0, BackgroundCall.Patience));
    }
}
