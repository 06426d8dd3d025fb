using Persistence.Diagnostics;
using Persistence.Platform;
using Persistence.Storage.Simulated;
using Persistence.Terminals;
using Persistence.Terminals.Pty;
using Persistence.Tests.Engine;
using Xunit;

namespace Persistence.Tests.Terminals;

/// <summary>What others do to a pane while it is started, or started anew.</summary>
public sealed class PaneRestartTests
{
    [Fact]
    public async Task Who_waits_for_output_of_a_program_that_could_not_be_started_waits_no_longer()
    {
        using HostedStore store = HostedStore.Create();
        using StoppedPtys ptys = new(HostedStore.Context().Ptys);
        using PaneHost host = new(store.Terminals, HostedStore.Context() with { Ptys = ptys }, () => store.Options);
        PaneId pane = store.AddPane(new PaneConfiguration { Command = "/nowhere/program" });
        Task<bool> started = Task.Run(() => host.Start(pane), TestContext.Current.CancellationToken);
        await ptys.Reached.WaitAsync(HostedStore.Patience, TestContext.Current.CancellationToken);
        Task<bool> waiting = Task.Run(() => host.WaitForOutput(pane, 0, Timeout.InfiniteTimeSpan), TestContext.Current.CancellationToken);
        // It is to wait before it fails; where it comes later it finds nothing to wait for.
        await Task.WhenAny(waiting, Task.Delay(300, TestContext.Current.CancellationToken));
        ptys.Dispose();
        Assert.Equal(StoreError.PtySpawnFailed, (await Assert.ThrowsAnyAsync<StoreException>(() => started)).Error);
        Assert.False(await waiting.WaitAsync(HostedStore.Patience, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Who_waits_for_output_of_a_pane_gets_that_of_the_program_that_is_started_anew()
    {
        using HostedStore store = HostedStore.Create(HostedStore.SyncOptions with { TerminalDirectoryIntervalMs = 0 });
        HookedScheduler scheduler = new();
        using PaneHost host = new(store.Terminals, HostedStore.Context() with { Scheduler = scheduler }, () => store.Options);
        PaneId pane = store.AddPane(HostedStore.Sh("stty -echo; echo ready; read x"));
        Assert.True(host.Start(pane));
        store.Await(pane, "ready");
        long end = store.Terminals.FindOutput(pane)!.End;
        Task<bool>? waiting = null;
        // What runs is found, then hung up; then the next is started.
        scheduler.BeforeEnter(3, () =>
        {
            waiting = Task.Run(() => host.WaitForOutput(pane, end, HostedStore.Patience), TestContext.Current.CancellationToken);
            Task.WhenAny(waiting, Task.Delay(300, CancellationToken.None)).Wait(CancellationToken.None);
        });
        host.Restart(pane);
        Assert.True(await waiting!);
    }

    [Fact]
    public async Task What_was_read_is_kept_when_one_of_two_who_start_a_pane_anew_gives_up()
    {
        using OperationBlocker disk = new();
        using TerminalStore store = disk.Own(TerminalStore.Create(disk.Files));
        using HeldPtys ptys = new(HostedStore.Context().Ptys);
        ptys.Release();
        HookedScheduler scheduler = new();
        using PaneHost host = new(store.Terminals, HostedStore.Context() with { Ptys = ptys, Scheduler = scheduler }, () => TestStore.SmallOptions);
        PaneId pane = store.AddPane(configuration: HostedStore.Sh("test -z \"$QUIET\" && exec yes; exec sleep 1000") with { Environment = [EnvironmentEntry.Withhold("QUIET")] });
        host.KeepSecrets(pane, new Dictionary<string, string> { ["QUIET"] = "" });
        Assert.True(host.Start(pane));
        disk.Disk.CapacityBytes = 256 << 10;
        HostedStore.Await(() => host.Failure is StoreException { Error: StoreError.DiskFull }, () => "the disk to be full");
        // Each doubles the pause before the next attempt that nobody asks for.
        for (int i = 0; i < 10; i++)
            Assert.ThrowsAny<StoreException>(() => host.Flush());
        OperationStop? stop = null;
        Task? other = null;
        // What runs is found, then it is waited for; then this one gives up.
        scheduler.BeforeEnter(3, () =>
        {
            disk.Disk.CapacityBytes = long.MaxValue;
            stop = disk.StopNext(static operation => operation.Kind == StorageOperationKind.Write && operation.Path.StartsWith("wal/", StringComparison.Ordinal));
            other = Task.Run(() => host.Restart(pane, new Dictionary<string, string> { ["QUIET"] = "yes" }), TestContext.Current.CancellationToken);
            stop.WaitUntilReached();
        });
        Assert.Equal(StoreError.DiskFull, Assert.ThrowsAny<StoreException>(() => host.Restart(pane)).Error);
        long before = ptys.ReadBytes;
        HostedStore.Await(() => ptys.ReadBytes > before, () => "more to be read");
        stop!.Release();
        await other!.WaitAsync(HostedStore.Patience, TestContext.Current.CancellationToken);
        Assert.Equal(ptys.ReadBytes, store.Terminals.FindOutput(pane)!.End);
    }

    [Fact]
    public void What_was_read_before_a_host_is_closed_that_has_just_started_its_first_program_is_logged()
    {
        using HostedStore store = HostedStore.Create();
        string done = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        using HeldPtys ptys = new(HostedStore.Context().Ptys);
        ptys.Release();
        HookedScheduler scheduler = new();
        using PaneHost host = new(store.Terminals, HostedStore.Context() with { Ptys = ptys, Scheduler = scheduler }, () => store.Options);
        PaneId pane = store.AddPane(HostedStore.Sh($"echo hello; : >'{done}'; read x"));
        // The pane is kept, its secrets are looked up, it is put into the table.
        scheduler.BeforeEnter(4, () =>
        {
            HostedStore.Await(() => File.Exists(done), () => "the program to have written all");
            host.Dispose();
        });
        Assert.True(host.Start(pane));
        File.Delete(done);
        Assert.Contains("hello", store.Text(pane), StringComparison.Ordinal);
    }

    [Fact]
    public void A_time_that_has_just_passed_is_over()
    {
        using HostedStore store = HostedStore.Create();
        LateClock clock = new();
        using PaneHost host = new(store.Terminals, HostedStore.Context() with { Clock = clock, Scheduler = clock }, () => store.Options);
        PaneId pane = store.AddPane(HostedStore.Sh("stty -echo; read x"));
        Assert.True(host.Start(pane));
        clock.IsLate = true;
        Assert.False(host.WaitForOutput(pane, 1000, TimeSpan.FromMilliseconds(10)));
        clock.IsLate = false;
    }

    /// <summary>The system's pseudo-terminals; whoever starts something waits until it is disposed of.</summary>
    private sealed class StoppedPtys(IPtySystem system) : IPtySystem, IDisposable
    {
        private readonly TaskCompletionSource _reached = new();
        private readonly TaskCompletionSource _released = new();

        public Task Reached => _reached.Task;

        public IPty Spawn(PtyStart start)
        {
            _reached.TrySetResult();
            _released.Task.Wait();
            return system.Spawn(start);
        }

        public IPtyPoller CreatePoller() => system.CreatePoller();

        public void Dispose() => _released.TrySetResult();
    }

    /// <summary>Once it is late, waits of the thread that made it so end a millisecond after their time, at once, and the clock says so.</summary>
    private sealed class LateClock : TimeProvider, IScheduler
    {
        private long _ticks;
        private int _thread;

        public bool IsLate
        {
            get => _thread != 0;
            set => _thread = value ? Environment.CurrentManagedThreadId : 0;
        }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Interlocked.Read(ref _ticks);

        public IGate CreateGate() => new LateGate(this, SystemScheduler.Instance.CreateGate());

        public IWorker Start(string name, Action body) => SystemScheduler.Instance.Start(name, body);

        private sealed class LateGate(LateClock clock, IGate gate) : IGate
        {
            public void Enter() => gate.Enter();

            public void Exit() => gate.Exit();

            public bool Wait(TimeSpan timeout)
            {
                if (Environment.CurrentManagedThreadId != clock._thread)
                    return gate.Wait(timeout);
                Assert.NotEqual(Timeout.InfiniteTimeSpan, timeout);
                Interlocked.Add(ref clock._ticks, (timeout + TimeSpan.FromMilliseconds(1)).Ticks);
                return false;
            }

            public void PulseAll() => gate.PulseAll();
        }
    }
}
