using Persistence.Diagnostics;
using Persistence.Storage.Simulated;
using Persistence.Terminals;
using Persistence.Terminals.Pty;
using Xunit;

namespace Persistence.Tests.Terminals;

/// <summary>Panes whose directories are nowhere on this system, or not where their programs are.</summary>
public sealed class PaneElsewhereTests
{
    [Fact]
    public void A_program_that_says_it_is_in_a_directory_of_another_system_keeps_no_pane_from_coming_back()
    {
        PaneId[] panes;
        SimulatedFileSystem disk;
        using (HostedStore store = HostedStore.Create(HostedStore.SyncOptions with { TerminalDirectoryIntervalMs = 0 }))
        {
            panes = [store.StartPane(HostedStore.Sh("printf '\\033]7;file:///C:/Users\\007'; echo said; exec cat")), store.StartPane()];
            store.Await(panes[0], "said");
            Assert.Null(store.Terminals.Tree.Panes[panes[0]].WorkingDirectory);
            disk = store.Kill();
        }

        using HostedStore again = HostedStore.Open(disk);
        Assert.All(again.Restore(), static pane => Assert.True(pane is { IsSpawned: true, IsDirectoryRestored: true }));
    }

    [Fact]
    public void Panes_of_a_store_that_comes_from_another_system_come_back_somewhere_else_and_that_is_said()
    {
        using HostedStore store = HostedStore.Create(HostedStore.SyncOptions with { TerminalDirectoryIntervalMs = 0 });
        PaneId[] panes = [store.AddPane(), store.AddPane(TerminalStore.Shell with { WorkingDirectory = @"C:\Users\me" })];
        TerminalBatch batch = store.Terminals.CreateBatch();
        batch.SetPaneWorkingDirectory(panes[0], @"C:\Users\me\source");
        store.Host.Commit(batch);
        // Who starts a program, instead of going on with one, is told.
        PtySpawnException error = Assert.Throws<PtySpawnException>(() => store.Host.Start(panes[1]));
        Assert.Equal((StoreError.PtySpawnFailed, PtySpawnFault.DirectoryNotFound), (error.Error, error.Fault));
        Assert.Contains(@"C:\Users\me", error.Message, StringComparison.Ordinal);
        IReadOnlyList<PaneRestoration> restored = store.Restore();
        Assert.Equal(panes, restored.Select(static pane => pane.Pane));
        Assert.All(restored, static pane => Assert.True(pane is { IsSpawned: true, IsDirectoryRestored: false, Warning: not null }));
    }

    [Fact]
    public void A_program_named_by_a_relative_path_comes_back_although_it_has_gone_into_another_directory()
    {
        string directory = Directory.CreateTempSubdirectory("relative-").FullName;
        try
        {
            string script = Path.Combine(directory, "work.sh");
            File.WriteAllText(script, "#!/bin/sh\necho \"works-in-$(pwd)\"\ncd /usr\necho moved\nexec cat\n");
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            PaneId pane;
            SimulatedFileSystem disk;
            using (HostedStore store = HostedStore.Create())
            {
                pane = store.StartPane(new PaneConfiguration { Command = "./work.sh", WorkingDirectory = directory });
                store.Await(pane, $"works-in-{directory}");
                HostedStore.Await(() => store.Terminals.Tree.Panes[pane].WorkingDirectory == "/usr", () => "the directory");
                disk = store.Kill();
            }

            using HostedStore again = HostedStore.Open(disk);
            PaneRestoration restored = Assert.Single(again.Restore());
            Assert.Null(restored.Error);
            Assert.True(restored is { IsSpawned: true, Directory: "/usr", Command: "./work.sh" });
            again.Await(pane, "works-in-/usr");
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public void A_variable_without_a_name_that_is_inherited_keeps_nothing_from_starting()
    {
        using HostedStore store = HostedStore.Create(environment: new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin", [""] = "x" });
        PaneId pane = store.StartPane(HostedStore.Sh("echo started"));
        store.Await(pane, "started");
    }

    [Fact]
    public void A_pane_whose_program_cannot_be_started_anew_is_detached()
    {
        using HostedStore store = HostedStore.Create();
        PaneId pane = store.StartPane();
        int before = store.Terminals.Tree.Panes[pane].State.Process!.Id;
        TerminalBatch batch = store.Terminals.CreateBatch();
        batch.ConfigurePane(pane, new PaneConfiguration { Command = "no-such-program-anywhere" });
        store.Host.Commit(batch);
        Assert.Equal(StoreError.PtySpawnFailed, Assert.ThrowsAny<StoreException>(() => store.Host.Restart(pane)).Error);
        Assert.False(store.Host.IsLive(pane));
        PaneState state = store.Terminals.Tree.Panes[pane].State;
        Assert.Equal((PaneStatus.Detached, before), (state.Status, state.Process!.Id));
    }
}
