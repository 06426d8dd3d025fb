using Persistence.Diagnostics;
using Persistence.Engine;
using Persistence.Locking;
using Persistence.Tests;
using Xunit;

namespace Persistence.CrashKit.Tests.Locking;

/// <summary>Real processes and one real lock.</summary>
public sealed class LockProcessTests : IDisposable
{
    private const string LinuxOnly = "Whether a process has stopped is read from Linux's table of processes.";
    private const string UnixOnly = "Signals and appending by the shell are Unix's.";

    private readonly TestDirectory _directory = new();
    private readonly List<LockProcess> _processes = [];
    private readonly string _store;

    public LockProcessTests() => _store = Directory.CreateDirectory(_directory.Combine("store")).FullName;

    [Fact]
    public async Task Eight_processes_take_turns_never_two_at_once_and_nobody_gets_ahead_twice()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), UnixOnly);
        const int processes = 8;
        const int cycles = 100;
        string file = _directory.Combine("history");
        for (int i = 0; i < processes; i++)
            _processes.Add(LockProcess.StartAppending(_store, $"p{i}", file));
        _processes.ForEach(process => process.WaitUntilReady());
        foreach (LockProcess process in _processes)
        {
            process.Order($"cycle {cycles}");
            process.EndOrders();
        }

        foreach (LockProcess process in _processes)
            Assert.Equal((0, ""), await process.WaitForEndAsync(TestContext.Current.CancellationToken));
        QueueHistory history = new(await File.ReadAllLinesAsync(file, TestContext.Current.CancellationToken));
        Assert.Null(history.FindTwoAtOnce());
        Assert.Equal($"{processes * cycles}", await File.ReadAllTextAsync(_directory.Combine("counter"), TestContext.Current.CancellationToken));
        Assert.Equal(Enumerable.Repeat(cycles, processes), history.Turns.Values);
        Assert.True(history.Waits > processes * cycles / 2, $"They hardly ever met: {history.Waits} waits.");
        Assert.Null(history.FindOvertaking());
        Assert.Equal(["LOCK"], Names());
    }

    [Fact]
    public void A_killed_holder_is_followed_by_those_who_wait_in_their_order()
    {
        LockProcess holder = Start("holder");
        holder.Order("take");
        holder.Says("has");
        LockProcess first = StartWaiting("first");
        LockProcess second = StartWaiting("second");
        holder.Kill();
        first.Says("has");
        first.Order("leave");
        first.Says("leaves");
        second.Says("has");
        second.Kill();
        LockProcess next = Start("next");
        next.Order("take");
        next.Says("has");
        Assert.Equal(["LOCK"], Names());
    }

    [Fact]
    public void Killed_waiters_keep_nobody_waiting_and_what_they_leave_is_removed()
    {
        LockProcess holder = Start("holder");
        holder.Order("take");
        holder.Says("has");
        LockProcess first = StartWaiting("first");
        LockProcess second = StartWaiting("second");
        LockProcess third = StartWaiting("third");
        first.Kill();
        second.Kill();
        holder.Order("leave");
        holder.Says("leaves");
        third.Says("has");
        Assert.Equal(["LOCK"], Names());
        LockProcess last = StartWaiting("last");
        last.Kill();
        third.Kill();
        Assert.Equal(2, Names().Length);
        holder.Order("take");
        holder.Says("has");
        Assert.Equal(["LOCK"], Names());
    }

    [Fact]
    public void A_stopped_waiter_is_passed_over_once_the_lock_is_free_and_has_lost_no_right_when_it_goes_on()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), LinuxOnly);
        LockProcess holder = Start("holder");
        holder.Order("take");
        holder.Says("has");
        LockProcess stopped = StartWaiting("stopped");
        LockProcess second = StartPassing("second");
        LockProcess third = StartPassing("third");
        stopped.Stop();
        holder.Order("leave");
        holder.Says("leaves");
        second.Says("has");
        second.Order("leave");
        second.Says("leaves");
        third.Says("has");
        stopped.Continue();
        third.Order("leave");
        third.Says("leaves");
        stopped.Says("has");
        stopped.Order("leave");
        stopped.Says("leaves");
        Assert.Equal(["LOCK"], Names());
    }

    [Fact]
    public void Beside_a_stopped_waiter_who_does_not_wait_is_refused_and_who_waits_has_a_lock_that_is_free()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), LinuxOnly);
        LockProcess holder = Start("holder");
        holder.Order("take");
        holder.Says("has");
        LockProcess stopped = StartWaiting("stopped");
        stopped.Stop();
        holder.Kill();
        StoreHost host = HostHere();
        Assert.Equal(StoreError.StoreLocked, Assert.Throws<StoreLockedException>(() => host.AcquireLock(timeoutMs: 0)).Error);
        using (StoreLock taken = host.AcquireLock(timeoutMs: 60_000))
            Assert.True(StoreLock.IsHeld(host.Files));
        stopped.Kill();
        host.AcquireLock(timeoutMs: 0).Dispose();
        Assert.Equal(["LOCK"], Names());
    }

    [Fact]
    public void A_stopped_owner_is_waited_for_in_vain_until_it_is_killed()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), LinuxOnly);
        LockProcess holder = Start("holder");
        holder.Order("take");
        holder.Says("has");
        holder.Stop();
        StoreHost host = HostHere();
        // Longer than a stopped waiter would be waited for.
        Assert.Equal(StoreError.LockTimeout, Assert.Throws<StoreLockedException>(() => host.AcquireLock(timeoutMs: 3_000)).Error);
        holder.Kill();
        host.AcquireLock(timeoutMs: 0).Dispose();
    }

    public void Dispose()
    {
        _processes.ForEach(process => process.Dispose());
        _directory.Dispose();
    }

    private LockProcess Start(string name)
    {
        LockProcess process = LockProcess.Start(_store, name);
        _processes.Add(process);
        process.WaitUntilReady();
        return process;
    }

    private StoreHost HostHere() => StoreHost.ForDirectory(_store);

    /// <summary>Waits, and passes over who is stopped ahead of it.</summary>
    private LockProcess StartPassing(string name)
    {
        LockProcess process = Start(name);
        process.Order("pass");
        process.Order("take");
        process.Says("waits");
        return process;
    }

    private LockProcess StartWaiting(string name)
    {
        LockProcess process = Start(name);
        process.Order("take");
        process.Says("waits");
        return process;
    }

    private string[] Names() => [.. Directory.EnumerateFileSystemEntries(_store).Select(path => Path.GetFileName(path)!).Order()];
}
