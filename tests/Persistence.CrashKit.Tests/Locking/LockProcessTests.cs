using Persistence.Tests;
using Xunit;

namespace Persistence.CrashKit.Tests.Locking;

/// <summary>Real processes and one real lock.</summary>
public sealed class LockProcessTests : IDisposable
{
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

    private LockProcess StartWaiting(string name)
    {
        LockProcess process = Start(name);
        process.Order("take");
        process.Says("waits");
        return process;
    }

    private string[] Names() => [.. Directory.EnumerateFileSystemEntries(_store).Select(path => Path.GetFileName(path)!).Order()];
}
