using Persistence.Terminals;
using Xunit;

namespace Persistence.Tests.Terminals;

/// <summary>Two threads change terminals at once: the terminals follow the later change, whoever comes to them last.</summary>
public sealed class PaneFollowTests
{
    [Fact]
    public void A_pane_that_another_thread_starts_while_a_change_is_followed_is_not_hung_up()
    {
        using HostedStore store = HostedStore.Create();
        HookedScheduler scheduler = new();
        using PaneHost host = new(store.Terminals, HostedStore.Context() with { Scheduler = scheduler }, () => store.Options);
        PaneId pane = default;
        TerminalBatch other = store.Terminals.CreateBatch();
        other.CreateSession("other");
        // Behind the commit, and before its terminals follow.
        scheduler.BeforeNextEnter(() =>
        {
            TerminalBatch batch = store.Terminals.CreateBatch();
            pane = batch.CreatePane(batch.CreateWindow(batch.CreateSession("work"), "shell"), TerminalStore.Shell, TerminalSize.Default);
            host.Commit(batch);
            host.KeepSecrets(pane, new Dictionary<string, string> { ["TOKEN"] = "hush" });
            Assert.True(host.Start(pane));
        });
        host.Commit(other);
        Assert.True(host.IsLive(pane));
        Assert.Equal(PaneStatus.Running, store.Terminals.Tree.Panes[pane].State.Status);
    }

    [Fact]
    public void A_terminal_has_the_size_that_was_set_last()
    {
        using HostedStore store = HostedStore.Create();
        HookedScheduler scheduler = new();
        using PaneHost host = new(store.Terminals, HostedStore.Context() with { Scheduler = scheduler }, () => store.Options);
        PaneId pane = store.AddPane();
        Assert.True(host.Start(pane));
        store.Await(pane, "$ ");
        TerminalBatch first = store.Terminals.CreateBatch();
        first.ResizePane(pane, new TerminalSize(100, 30));
        scheduler.BeforeNextEnter(() =>
        {
            TerminalBatch second = store.Terminals.CreateBatch();
            second.ResizePane(pane, new TerminalSize(132, 43));
            host.Commit(second);
        });
        host.Commit(first);
        Assert.Equal(new TerminalSize(132, 43), store.Terminals.Tree.Panes[pane].Size);
        host.Send(pane, "stty size; echo do''ne\n"u8);
        store.Await(pane, "done");
        Assert.Contains("43 132", store.Text(pane), StringComparison.Ordinal);
    }
}
