using System.Text;
using Persistence.Diagnostics;
using Persistence.Storage.Simulated;
using Persistence.Terminals;
using Xunit;

namespace Persistence.Tests.Terminals;

public sealed class PaneHostTests
{
    [Fact]
    public void A_shell_answers_and_its_output_is_kept()
    {
        using HostedStore store = HostedStore.Create();
        PaneId pane = store.StartPane();
        store.Type(pane, "echo one$((1+1))three");
        store.Await(pane, "one2three");
        Assert.Equal(PaneStatus.Running, store.Terminals.Tree.Panes[pane].State.Status);
        Assert.True(store.Host.IsLive(pane));
    }

    [Fact]
    public void A_program_that_ends_leaves_its_exit_code_and_all_of_its_output()
    {
        using HostedStore store = HostedStore.Create();
        PaneId pane = store.StartPane(HostedStore.Sh("stty -opost; seq 1 20000; exit 7"));
        store.AwaitExit(pane);
        Assert.Equal(7, store.Terminals.Tree.Panes[pane].State.ExitCode);
        Assert.Equal(string.Concat(Enumerable.Range(1, 20_000).Select(static i => $"{i}\n")), Encoding.UTF8.GetString(store.Terminals.FindOutput(pane)!.Read(0).SelectMany(static piece => piece.Bytes.ToArray()).ToArray()));
        HostedStore.Await(() => !store.Host.IsLive(pane), () => "the pane to be let go of");
        Assert.Equal(StoreError.PaneNotRunning, Assert.Throws<StoreException>(() => store.Type(pane, "x")).Error);
    }

    [Fact]
    public void After_a_crash_panes_come_back_with_new_shells_and_old_output()
    {
        PaneId running;
        PaneId exited;
        SimulatedFileSystem disk;
        using (HostedStore store = HostedStore.Create())
        {
            running = store.StartPane();
            exited = store.StartPane(HostedStore.Sh("echo bye; exit 3"));
            store.Type(running, "echo before-the-crash");
            store.Await(running, "\r\nbefore-the-crash");
            store.AwaitExit(exited);
            disk = store.Kill();
        }

        using HostedStore again = HostedStore.Open(disk);
        Assert.Contains("before-the-crash", again.Text(running), StringComparison.Ordinal);
        PaneRestoration[] restored = [.. again.Restore()];
        Assert.Equal([running, exited], restored.Select(static pane => pane.Pane));
        Assert.True(restored[0] is { IsAttempted: true, IsSpawned: true, Error: null, IsDirectoryRestored: true, IsEnvironmentRestored: true });
        Assert.True(restored[1] is { IsAttempted: false, ExitCode: 3 });
        again.Type(running, "echo after-the-crash");
        again.Await(running, "\r\nafter-the-crash");
    }

    [Fact]
    public void Closing_a_host_notes_panes_as_detached()
    {
        PaneId pane;
        SimulatedFileSystem disk;
        using (HostedStore store = HostedStore.Create())
        {
            pane = store.StartPane();
            store.Type(pane, "echo kept");
            store.Await(pane, "\r\nkept");
            store.Dispose();
            disk = store.Files;
        }

        using HostedStore again = HostedStore.Open(disk);
        Assert.Equal(PaneStatus.Detached, again.Terminals.Tree.Panes[pane].State.Status);
        Assert.True(Assert.Single(again.Restore()).IsSpawned);
    }

    [Fact]
    public void A_flood_blocks_nobody_and_takes_no_more_memory_than_it_may()
    {
        using HostedStore store = HostedStore.Create();
        PaneId flood = store.StartPane(HostedStore.Sh("yes 'a rather long line that is written over and over again'"));
        PaneId calm = store.StartPane();
        HostedStore.Await(() => store.Terminals.FindOutput(flood)!.End > 20_000_000, () => "the flood");
        store.Type(calm, "echo still-here");
        store.Await(calm, "\r\nstill-here");
        Assert.True(store.Terminals.FindOutput(flood)!.KeptLineFeeds < 12_000);
        store.Host.Kill(flood);
        store.AwaitExit(flood);
        Assert.Equal(128 + 9, store.Terminals.Tree.Panes[flood].State.ExitCode);
    }

    [Fact]
    public void A_resized_pane_tells_its_program()
    {
        using HostedStore store = HostedStore.Create();
        PaneId pane = store.StartPane(HostedStore.Sh("trap 'stty size' WINCH; echo ready; while :; do sleep 0.05; done"));
        store.Await(pane, "ready");
        TerminalBatch batch = store.Terminals.CreateBatch();
        batch.ResizePane(pane, new TerminalSize(132, 43));
        store.Host.Commit(batch);
        store.Await(pane, "43 132");
        Assert.Equal(new TerminalSize(132, 43), store.Terminals.Tree.Panes[pane].Size);
    }

    [Fact]
    public void Titles_and_directories_are_followed()
    {
        using HostedStore store = HostedStore.Create();
        PaneId pane = store.StartPane();
        store.Type(pane, "cd /usr && printf '\\033]2;the %s\\007' title");
        HostedStore.Await(() => store.Terminals.Tree.Panes[pane] is { Title: "the title", WorkingDirectory: "/usr" }, () => $"title and directory: {store.Terminals.Tree.Panes[pane]}");
        SimulatedFileSystem disk = store.Kill();
        using HostedStore again = HostedStore.Open(disk);
        Assert.Equal("/usr", Assert.Single(again.Restore()).Directory);
        again.Type(pane, "pwd");
        again.Await(pane, "\r\n/usr");
    }
}
