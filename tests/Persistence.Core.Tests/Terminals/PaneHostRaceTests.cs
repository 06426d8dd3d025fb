using Persistence.Configuration;
using Persistence.Diagnostics;
using Persistence.Storage.Simulated;
using Persistence.Terminals;
using Persistence.Tests.Engine;
using Xunit;

namespace Persistence.Tests.Terminals;

public sealed class PaneHostRaceTests
{
    [Fact]
    public async Task A_store_that_has_failed_is_closed_although_other_limits_could_not_be_logged()
    {
        HostedStore store = HostedStore.Create();
        PaneId pane = store.StartPane();
        store.Await(pane, "$ ");
        store.Files.FailSync(new FailingSync("wal/", FlushFailure.Forgotten));
        store.Options = store.Options with { TerminalScrollbackLines = 77 };
        store.Type(pane, "echo x");
        HostedStore.Await(() => store.Host.Failure is StoreException { Error: StoreError.StoreFaulted }, () => "the failure");
        await Task.Run(store.Host.Dispose, TestContext.Current.CancellationToken).WaitAsync(HostedStore.Patience, TestContext.Current.CancellationToken);
        store.Dispose();
    }

    [Fact]
    public async Task A_full_disk_does_not_keep_a_host_from_closing_when_other_limits_are_to_be_logged()
    {
        HostedStore store = HostedStore.Create(TestStore.SmallOptions);
        PaneId pane = store.StartPane(HostedStore.Sh("stty -opost; echo ready; read go; seq 1 60000"));
        store.Await(pane, "ready");
        store.Files.CapacityBytes = 256 << 10;
        store.Type(pane, "go");
        HostedStore.Await(() => store.Host.Failure is StoreException { Error: StoreError.DiskFull }, () => "the disk to be full");
        store.Options = store.Options with { TerminalScrollbackLines = 77 };
        await Task.Run(store.Host.Dispose, TestContext.Current.CancellationToken).WaitAsync(HostedStore.Patience, TestContext.Current.CancellationToken);
        store.Files.CapacityBytes = long.MaxValue;
        store.Dispose();
    }

    [Fact]
    public void What_was_read_of_a_pane_that_is_started_anew_is_kept_to_the_last_byte()
    {
        using HostedStore store = HostedStore.Create();
        using HeldPtys ptys = new(HostedStore.Context().Ptys);
        ptys.Release();
        using PaneHost host = new(store.Terminals, HostedStore.Context() with { Ptys = ptys }, () => store.Options);
        PaneId pane = store.AddPane(HostedStore.Sh("test -z \"$QUIET\" && exec yes; exec sleep 1000") with { Environment = [EnvironmentEntry.Withhold("QUIET")] });
        for (int i = 0; i < 5; i++)
        {
            host.KeepSecrets(pane, new Dictionary<string, string> { ["QUIET"] = "" });
            host.Restart(pane);
            long before = store.Terminals.FindOutput(pane)!.End;
            Assert.True(host.WaitForOutput(pane, before + 10_000, HostedStore.Patience));
            host.Restart(pane, new Dictionary<string, string> { ["QUIET"] = "yes" });
            Assert.Equal(ptys.ReadBytes, store.Terminals.FindOutput(pane)!.End);
        }
    }

    [Fact]
    public void A_pane_that_cannot_be_started_anew_because_the_disk_is_full_goes_on()
    {
        using HostedStore store = HostedStore.Create(TestStore.SmallOptions);
        PaneId pane = store.StartPane(HostedStore.Sh("stty -opost; echo ready; read go; seq 1 60000; echo the''end; exec cat"));
        store.Await(pane, "ready");
        store.Files.CapacityBytes = 256 << 10;
        store.Type(pane, "go");
        HostedStore.Await(() => store.Host.Failure is StoreException { Error: StoreError.DiskFull }, () => "the disk to be full");
        Assert.Equal(StoreError.DiskFull, Assert.ThrowsAny<StoreException>(() => store.Host.Restart(pane)).Error);
        Assert.True(store.Host.IsLive(pane));
        store.Files.CapacityBytes = long.MaxValue;
        store.Await(pane, "theend");
        store.Host.Restart(pane);
        store.Await(pane, "theend\nready");
    }

    /// <summary>What is logged of one that ends just then must not come behind the start of the next.</summary>
    [Fact]
    public async Task A_pane_that_is_started_anew_while_its_end_is_being_logged_runs()
    {
        using HostedStore store = HostedStore.Create(HostedStore.SyncOptions with { TerminalDirectoryIntervalMs = 0 });
        SectionPause pause = new("terminal-logger");
        using PaneHost host = new(store.Terminals, HostedStore.Context() with { Scheduler = pause }, () => store.Options);
        PaneId pane = store.AddPane(HostedStore.Sh("stty -echo; echo ready; read x"));
        Assert.True(host.Start(pane));
        store.Await(pane, "ready");
        Assert.True(host.Flush(HostedStore.Patience));
        pause.Arm();
        host.Send(pane, "\n"u8);
        await pause.Reached.WaitAsync(HostedStore.Patience, TestContext.Current.CancellationToken);
        Task started = Task.Run(() => host.Restart(pane), TestContext.Current.CancellationToken);
        // Without what makes it wait the next program is logged meanwhile.
        await Task.WhenAny(started, Task.Delay(500, TestContext.Current.CancellationToken));
        pause.Release();
        await started.WaitAsync(HostedStore.Patience, TestContext.Current.CancellationToken);
        store.Await(pane, "ready\r\nready");
        Assert.True(host.Flush(HostedStore.Patience));
        Assert.Equal(PaneStatus.Running, store.Terminals.Tree.Panes[pane].State.Status);
    }

    [Fact]
    public void Closing_a_host_reads_all_that_was_not_read_yet()
    {
        using HostedStore store = HostedStore.Create();
        string done = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        using HeldPtys ptys = new(HostedStore.Context().Ptys);
        ptys.Release();
        using PaneHost host = new(store.Terminals, HostedStore.Context() with { Ptys = ptys }, () => store.Options);
        PaneId pane = store.AddPane(HostedStore.Sh($"stty -opost -echo; echo ready; read x; seq 1 1500; : >'{done}'; read x"));
        Assert.True(host.Start(pane));
        store.Await(pane, "ready");
        ptys.IsMute = true;
        host.Send(pane, "\n"u8);
        HostedStore.Await(() => File.Exists(done), () => "the program to have written all");
        host.Dispose();
        File.Delete(done);
        Assert.EndsWith(string.Concat(Enumerable.Range(1, 1500).Select(static i => $"{i}\n")), store.Text(pane), StringComparison.Ordinal);
    }

    /// <summary>Nobody who writes is there to ask for another one.</summary>
    [Fact]
    public void Output_that_waits_for_a_checkpoint_that_has_not_all_of_it_goes_on_with_the_next_one()
    {
        using OperationBlocker disk = new();
        StoreOptions options = HostedStore.SyncOptions with { SpareSegments = 1, TerminalScrollbackMemoryBytes = 1 << 20, TerminalScrollbackLines = 0, TerminalScrollbackBytes = 1L << 40 };
        TerminalStore store = disk.Own(TerminalStore.Create(disk.Files, options));
        OperationStop stop = disk.StopNext(static operation => operation.Kind == StorageOperationKind.Write && operation.Path.StartsWith("staging/", StringComparison.Ordinal));
        using PaneHost host = new(store.Terminals, HostedStore.Context(), () => options);
        PaneId pane = store.AddPane("flood", limits: null, HostedStore.Sh("seq 1 3000000"));
        Assert.True(host.Start(pane));
        stop.WaitUntilReached();
        store.Write(store.AddPane("other"), new byte[8 << 20]);
        Assert.Equal(OutputPressure.Extreme, store.Terminals.Pressure);
        // Nothing is on its way any more.
        Assert.True(host.Flush(HostedStore.Patience));
        stop.Release();
        HostedStore.Await(() => store.Terminals.Tree.Panes[pane].State.Status == PaneStatus.Exited, () => "the end of the flood");
    }

    [Fact]
    public void A_pane_that_is_destroyed_while_its_host_closes_does_not_keep_the_others_from_being_detached()
    {
        using HostedStore store = HostedStore.Create();
        using HeldPtys ptys = new(HostedStore.Context().Ptys);
        ptys.Release();
        using PaneHost host = new(store.Terminals, HostedStore.Context() with { Ptys = ptys }, () => store.Options);
        PaneId[] panes = [.. Enumerable.Range(0, 3).Select(_ => store.AddPane())];
        foreach (PaneId pane in panes)
            Assert.True(host.Start(pane));
        ptys.AskedForExit = () =>
        {
            ptys.AskedForExit = null;
            TerminalBatch batch = store.Terminals.CreateBatch();
            batch.DestroyPane(panes[0]);
            store.Terminals.Commit(batch);
        };
        host.Dispose();
        Assert.All(panes[1..], pane => Assert.Equal(PaneStatus.Detached, store.Terminals.Tree.Panes[pane].State.Status));
    }

    [Fact]
    public void What_goes_wrong_where_output_is_logged_is_the_hosts_failure_and_not_the_end_of_the_process()
    {
        using HostedStore store = HostedStore.Create();
        bool isBroken = false;
        using PaneHost host = new(store.Terminals, HostedStore.Context(), () => isBroken && Thread.CurrentThread.Name == "terminal-logger" ? throw new InvalidOperationException("boom") : store.Options);
        PaneId pane = store.AddPane();
        Assert.True(host.Start(pane));
        isBroken = true;
        host.Send(pane, "echo x\n"u8);
        HostedStore.Await(() => host.Failure is StoreException { Error: StoreError.StoreFaulted }, () => "the failure");
        Assert.Contains("boom", host.Failure!.Message, StringComparison.Ordinal);
        Assert.Equal(StoreError.StoreFaulted, Assert.Throws<StoreException>(() => host.Flush()).Error);
    }

    [Fact]
    public async Task A_pane_whose_program_has_ended_is_started_as_soon_as_that_is_known()
    {
        using HostedStore store = HostedStore.Create();
        using HeldPtys ptys = new(HostedStore.Context().Ptys);
        using PaneHost host = new(store.Terminals, HostedStore.Context() with { Ptys = ptys }, () => store.Options);
        PaneId pane = store.AddPane(HostedStore.Sh("exit 3"));
        Assert.True(host.Start(pane));
        store.AwaitExit(pane);
        Task<bool> started = Task.Run(() => host.Start(pane), TestContext.Current.CancellationToken);
        // Without what makes it wait it fails meanwhile.
        await Task.WhenAny(started, Task.Delay(500, TestContext.Current.CancellationToken));
        ptys.Release();
        Assert.True(await started);
        store.AwaitExit(pane);
    }

    [Fact]
    public void A_terminal_at_which_the_unexpected_happens_takes_no_other_with_it()
    {
        using HostedStore store = HostedStore.Create();
        using HeldPtys ptys = new(HostedStore.Context().Ptys);
        ptys.Release();
        using PaneHost host = new(store.Terminals, HostedStore.Context() with { Ptys = ptys }, () => store.Options);
        PaneId broken = store.AddPane(HostedStore.Sh("exec cat"));
        PaneId other = store.AddPane(HostedStore.Sh("exec cat"));
        Assert.True(host.Start(broken));
        Assert.True(host.Start(other));
        ptys.BrokenProcess = store.Terminals.Tree.Panes[broken].State.Process!.Id;
        host.Send(broken, "x\n"u8);
        store.AwaitExit(broken);
        host.Send(other, "hello\n"u8);
        store.Await(other, "hello");
        ptys.BrokenProcess = null;
        host.Restart(broken);
        host.Send(broken, "again\n"u8);
        store.Await(broken, "again");
    }
}
