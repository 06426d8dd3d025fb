using System.Globalization;
using Persistence.Diagnostics;
using Persistence.Storage.Disk;
using Persistence.Terminals;
using Xunit;

namespace Persistence.Tests.Terminals;

/// <summary>Several threads use one host at once, in any order.</summary>
public sealed class PaneStressTests
{
    private const int Threads = 4;
    private const int StepsOfEach = 120;
    private const int Lines = 100_000;

    private static readonly string[] Scripts = ["exec cat", "exit 3", "echo hello; exec cat", "exec yes", "sleep 1000 & echo left; exit 4", "trap '' HUP; echo deaf; read go; exit 5"];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task State_programs_and_log_agree_whatever_several_threads_did_to_panes_at_once(int seed)
    {
        using HostedStore store = HostedStore.Create(HostedStore.SyncOptions with { SpareSegments = 1, TerminalScrollbackMemoryBytes = 4 << 20 });
        string expected = string.Concat(Enumerable.Range(1, Lines).Select(static i => string.Create(CultureInfo.InvariantCulture, $"{i}\n")));
        PaneId counting = store.StartPane(HostedStore.Sh($"stty -opost; seq 1 {Lines}; exec cat") with { Scrollback = new ScrollbackLimits(0, 0) }, "counting");
        await Task.WhenAll(Enumerable.Range(0, Threads).Select(thread => Task.Run(() => Work(store, counting, $"thread-{thread}", new Random((seed * 1000) + thread)), TestContext.Current.CancellationToken)));
        HostedStore.Await(() => store.Terminals.FindOutput(counting)!.End == expected.Length, () => $"all lines, at {store.Terminals.FindOutput(counting)!.End} of {expected.Length}");
        Assert.Equal(expected, store.Text(counting));
        foreach (PaneId pane in store.Terminals.Tree.Panes.Keys)
            HostedStore.Await(() => Agree(store, pane), () => $"agreement on pane {pane}: {store.Terminals.Tree.Panes[pane].State}, {store.Host.IsLive(pane)}");
        Assert.Null(store.Host.Failure);
        foreach (PaneId pane in store.Terminals.Tree.Panes.Keys.Where(store.Host.IsLive))
            store.Host.Kill(pane);
        foreach (PaneId pane in store.Terminals.Tree.Panes.Keys)
            HostedStore.Await(() => store.Terminals.Tree.Panes[pane].State.Status != PaneStatus.Running, () => $"the end of pane {pane}");
        store.Host.Dispose();
        // None is taken just now.
        store.Store.TakeCheckpoint();
        Assert.Equal(TerminalDump.CountUnstored(store.Terminals), store.Terminals.UnstoredBytes);
        string before = TerminalDump.Of(store.Terminals);
        store.Store.Dispose();
        using TerminalStore again = TerminalStore.Open(store.Files, HostedStore.SyncOptions);
        Assert.Equal(before, again.Dump());
    }

    /// <summary>Whether a pane's program runs in the host, in the state and in the system, or in none of them.</summary>
    private static bool Agree(HostedStore store, PaneId pane)
    {
        PaneState state = store.Terminals.Tree.Panes[pane].State;
        bool runs = state.Status == PaneStatus.Running;
        return store.Host.IsLive(pane) == runs && (!runs || CurrentProcess.IsAlive(state.Process!.Id, state.Process.StartTime));
    }

    private static void Work(HostedStore store, PaneId spared, string session, Random random)
    {
        for (int step = 0; step < StepsOfEach; step++)
        {
            PaneId[] panes = [.. store.Terminals.Tree.Panes.Keys.Where(pane => pane != spared)];
            PaneId pane = panes.Length == 0 ? default : panes[random.Next(panes.Length)];
            try
            {
                Step(store, pane, session, random);
            }
            catch (StoreException e) when (e.Error is StoreError.PaneNotFound or StoreError.PaneNotRunning or StoreError.RecordTooLarge)
            {
                // Another thread was there before.
            }
        }
    }

    private static void Step(HostedStore store, PaneId pane, string session, Random random)
    {
        switch (random.Next(12))
        {
            case 0 or 1 or 2:
                store.Host.Start(store.AddPane(HostedStore.Sh(Scripts[random.Next(Scripts.Length)]), session));
                break;
            case 3:
                Change(store, batch => batch.DestroyPane(pane));
                break;
            case 4:
                store.Host.Restart(pane);
                break;
            case 5:
                store.Host.Kill(pane);
                break;
            case 6:
                store.Host.Send(pane, new byte[random.Next(1, 100_000)]);
                break;
            case 7:
                Change(store, batch => batch.ResizePane(pane, new TerminalSize(random.Next(1, 200), random.Next(1, 100))));
                break;
            case 8:
                store.Host.Flush(TimeSpan.FromSeconds(1));
                break;
            case 9:
                store.Host.WaitForOutput(pane, random.Next(100_000), TimeSpan.FromMilliseconds(20));
                break;
            case 10:
                store.Host.Start(pane);
                break;
            default:
                store.Store.TakeCheckpoint();
                break;
        }
    }

    private static void Change(HostedStore store, Action<TerminalBatch> change)
    {
        TerminalBatch batch = store.Terminals.CreateBatch();
        change(batch);
        store.Host.Commit(batch);
    }
}
