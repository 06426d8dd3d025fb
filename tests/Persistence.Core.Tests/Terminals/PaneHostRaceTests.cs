using Persistence.Diagnostics;
using Persistence.Storage.Simulated;
using Persistence.Terminals;
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
        HostedStore store = HostedStore.Create(Engine.TestStore.SmallOptions);
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
        using HostedStore store = HostedStore.Create(Engine.TestStore.SmallOptions);
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
}
