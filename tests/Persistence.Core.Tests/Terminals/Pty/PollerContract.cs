using Persistence.Terminals.Pty;
using Persistence.Terminals.Pty.Posix;
using Persistence.Tests.Storage.Disk;
using Xunit;

namespace Persistence.Tests.Terminals.Pty;

/// <summary>What every Unix's poller does, with real terminals.</summary>
public abstract class PollerContract : IDisposable
{
    private static readonly TimeSpan s_short = TimeSpan.FromMilliseconds(50);

    private readonly TestDirectory _directory = new();
    private readonly PosixPtySystem _system;
    private readonly PosixPoller _poller;
    private readonly List<IPty> _opened = [];

    private protected PollerContract(IPosixPlatform platform, Func<IDescriptorWait> createWait)
    {
        Command.Require();
        Assert.SkipUnless(File.Exists("/bin/sh"), "Needs /bin/sh.");
        _system = new PosixPtySystem(platform, TimeProvider.System);
        Calls = new CountedWait(createWait());
        _poller = new PosixPoller(Calls, new AbandonedChildren(), TimeProvider.System);
    }

    private CountedWait Calls { get; }

    public void Dispose()
    {
        _poller.Dispose();
        foreach (IPty pty in _opened)
        {
            pty.Kill();
            pty.Dispose();
        }
        _directory.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public void Output_is_reported_until_it_is_read()
    {
        IPty pty = Add("echo said; read a");
        PtyEvent found = AwaitEvent(pty, static found => found.CanRead);
        Assert.Equal(new PtyEvent(pty, CanRead: true, CanWrite: false, HasExited: false), found);
        Assert.Contains(Wait(), found => found.Pty == pty && found.CanRead);
        pty.ReadUntil("said\r\n");
        Assert.Empty(Wait());
    }

    [Fact]
    public void The_end_of_a_program_is_reported_once_and_then_known()
    {
        IPty pty = Add("exit 3");
        AwaitEvent(pty, static found => found.HasExited);
        Assert.Equal(3, pty.FindExit()!.Value.Code);
        pty.ReadToEnd();
        for (int count = 0; count < 10; count++)
            Assert.DoesNotContain(Wait(), static found => found.HasExited);
    }

    [Fact]
    public void The_end_is_reported_though_nothing_else_is_waited_for_and_whoever_asked_before()
    {
        IPty pty = Add("read a; echo said; exit 3");
        _poller.Watch(pty, PtyInterest.None);
        pty.WriteAll("\n"u8);
        pty.WaitForExit();
        PtyEvent found = AwaitEvent(pty, static found => found.HasExited);
        Assert.Equal(new PtyEvent(pty, CanRead: false, CanWrite: false, HasExited: true), found);
    }

    [Fact]
    public void The_end_of_a_program_that_ended_before_it_was_added_is_reported()
    {
        IPty pty = Spawn("exit 3");
        pty.WaitForExit();
        _poller.Add(pty);
        AwaitEvent(pty, static found => found.HasExited);
    }

    [Fact]
    public void A_terminal_that_has_ended_keeps_nobody_busy()
    {
        IPty unread = Add("echo said");
        _poller.Watch(unread, PtyInterest.None);
        Add("exit 0");
        HashSet<IPty> exited = [];
        PtyReading.Until(() => Handle(exited).Count == 0 && exited.Count == 2, () => "There is no end.");
        int before = Calls.Count;
        for (int count = 0; count < 4; count++)
            Assert.Empty(Wait());
        // Four waits, each of one call, or of two where something interrupts it.
        Assert.InRange(Calls.Count - before, 4, 12);
        // What was not waited for is still there.
        _poller.Watch(unread, PtyInterest.Output);
        AwaitEvent(unread, static found => found.CanRead);
        Assert.Equal("said\r\n", unread.ReadToEnd());
    }

    [Fact]
    public void A_terminal_that_has_ended_has_no_room()
    {
        Assert.SkipWhen(Calls.Inner is SelectWait, "Linux's select says that there is.");
        _poller.Watch(Add("exit 0"), PtyInterest.Input);
        HashSet<IPty> exited = [];
        PtyReading.Until(() => Handle(exited).Count == 0 && exited.Count == 1, () => "There is no end.");
        int before = Calls.Count;
        Assert.Empty(Wait());
        Assert.InRange(Calls.Count - before, 1, 3);
    }

    [Fact]
    public void Room_for_input_is_reported_when_it_is_waited_for_and_there_is_some()
    {
        Command.Require("stty", "cat", "sleep");
        string signal = _directory.Combine("go");
        IPty pty = Add("stty raw -echo; echo ready; while [ ! -e \"$1\" ]; do sleep 0.05; done; cat >/dev/null", signal);
        pty.ReadUntil("ready");
        _poller.Watch(pty, PtyInterest.Input);
        AwaitEvent(pty, static found => found.CanWrite && !found.CanRead);
        Fill(pty);
        Assert.Empty(Wait());
        File.WriteAllText(signal, "");
        AwaitEvent(pty, static found => found.CanWrite);
        _poller.Watch(pty, PtyInterest.None);
        Assert.Empty(Wait());
    }

    [Fact]
    public void One_that_floods_takes_nobody_s_turn()
    {
        Command.Require("yes");
        IPty[] floods = [Add("exec yes"), Add("exec yes"), Add("exec yes")];
        IPty quiet = Add("read a; echo said; read a");
        IPty ending = Add("read a; exit 3");
        foreach (IPty flood in floods)
            AwaitEvent(flood, static found => found.CanRead);
        quiet.WriteAll("\n"u8);
        ending.WriteAll("\n"u8);
        bool hasSaid = false;
        HashSet<IPty> exited = [];
        PtyReading.Until(() =>
        {
            hasSaid |= Handle(exited).Exists(found => found.Pty == quiet && found.CanRead);
            return hasSaid && exited.Contains(ending);
        }, () => $"Not reported: {hasSaid}, {exited.Count}");
        // In one answer, all of them.
        Assert.All(floods, flood => Assert.Contains(Wait(), found => found.Pty == flood));
    }

    [Fact]
    public async Task Waking_ends_the_wait_or_the_next_one()
    {
        _poller.Wake();
        _poller.Wake();
        Assert.Empty(Wait(Timeout.InfiniteTimeSpan));
        Task waiting = Task.Run(() => Wait(Timeout.InfiniteTimeSpan), TestContext.Current.CancellationToken);
        PtyReading.Until(() => Calls.IsWaiting, () => "Nobody waits.");
        Assert.False(waiting.IsCompleted);
        _poller.Wake();
        await waiting;
    }

    [Fact]
    public async Task What_is_added_or_watched_while_somebody_waits_is_waited_for()
    {
        IPty first = Add("echo said; read a");
        _poller.Watch(first, PtyInterest.None);
        PtyReading.Until(() => Wait().Count == 0, () => "Something is ready.");
        Task<List<PtyEvent>> waiting = Task.Run(() => Wait(Timeout.InfiniteTimeSpan), TestContext.Current.CancellationToken);
        PtyReading.Until(() => Calls.IsWaiting, () => "Nobody waits.");
        _poller.Watch(first, PtyInterest.Output);
        Assert.Equal(first, Assert.Single(await waiting).Pty);
        _poller.Watch(first, PtyInterest.None);
        waiting = Task.Run(() => Wait(Timeout.InfiniteTimeSpan), TestContext.Current.CancellationToken);
        PtyReading.Until(() => Calls.IsWaiting, () => "Nobody waits.");
        IPty second = Add("echo said; read a");
        Assert.Equal(second, Assert.Single(await waiting).Pty);
    }

    [Fact]
    public async Task Terminals_come_and_go_while_somebody_waits()
    {
        using CancellationTokenSource over = new();
        Task<int> waiting = Task.Run(() => WaitUntil(over.Token), TestContext.Current.CancellationToken);
        for (int count = 0; count < 100; count++)
        {
            IPty pty = _system.Spawn(PtyReading.Shell(_directory.Path, "echo said; read a"));
            _poller.Add(pty);
            _poller.Watch(pty, PtyInterest.Output | PtyInterest.Input);
            _poller.Remove(pty);
            pty.Dispose();
        }
        await over.CancelAsync();
        _poller.Wake();
        Assert.True(await waiting > 0);
    }

    [Fact]
    public void A_terminal_that_was_removed_is_not_reported()
    {
        IPty pty = Add("echo said; exit 0");
        AwaitEvent(pty, static found => found.CanRead);
        _poller.Remove(pty);
        pty.WaitForExit();
        Assert.Empty(Wait());
        // Neither is minded: who removes and who watches may be two.
        _poller.Remove(pty);
        _poller.Watch(pty, PtyInterest.Output);
        Assert.Empty(Wait());
        _poller.Add(pty);
        AwaitEvent(pty, static found => found.HasExited);
    }

    [Fact]
    public void What_cannot_be_waited_for_is_refused()
    {
        IPty pty = Add("read a");
        Assert.Throws<ArgumentException>(() => _poller.Add(pty));
        Assert.Throws<ArgumentException>(() => _poller.Add(new ForeignPty()));
        Assert.Throws<ArgumentOutOfRangeException>(() => _poller.Wait([], TimeSpan.FromMilliseconds(-2)));
        Assert.Empty(Wait());
    }

    [Fact]
    public void A_wait_for_no_time_looks_once()
    {
        IPty pty = Add("echo said; read a");
        PtyReading.Until(() => Wait(TimeSpan.Zero).Exists(found => found.Pty == pty), () => "It was not said.");
    }

    private IPty Add(string script, params string[] arguments)
    {
        IPty pty = Spawn(script, arguments);
        _poller.Add(pty);
        return pty;
    }

    private IPty Spawn(string script, params string[] arguments)
    {
        IPty pty = _system.Spawn(PtyReading.Shell(_directory.Path, script, ["sh", .. arguments]));
        _opened.Add(pty);
        return pty;
    }

    private List<PtyEvent> Wait() => Wait(s_short);

    private List<PtyEvent> Wait(TimeSpan timeout)
    {
        List<PtyEvent> ready = [default];
        _poller.Wait(ready, timeout);
        Assert.Equal(ready.Count, ready.Select(static found => found.Pty).Distinct().Count());
        return ready;
    }

    private PtyEvent AwaitEvent(IPty pty, Func<PtyEvent, bool> isMeant)
    {
        PtyEvent found = default;
        PtyReading.Until(() =>
        {
            found = Wait().Find(other => other.Pty == pty && isMeant(other));
            return found.Pty is not null;
        }, () => "It was not reported.");
        return found;
    }

    private int WaitUntil(CancellationToken over)
    {
        int count = 0;
        while (!over.IsCancellationRequested)
            count += 1 + Wait(Timeout.InfiniteTimeSpan).Count;
        return count;
    }

    private static void ReadSome(PtyEvent found)
    {
        if (found.CanRead)
            found.Pty.Read(new byte[64]);
    }

    // Does what can be done.
    private List<PtyEvent> Handle(HashSet<IPty> exited)
    {
        List<PtyEvent> ready = Wait();
        foreach (PtyEvent found in ready)
        {
            if (found.HasExited)
                exited.Add(found.Pty);
            if (found.CanWrite)
                found.Pty.Write([1]);
            ReadSome(found);
        }
        return ready;
    }

    private static void Fill(IPty pty)
    {
        byte[] bytes = new byte[4096];
        int refusals = 0;
        // What the terminal has taken it passes on a moment later, and has room again.
        PtyReading.Until(() =>
        {
            refusals = pty.Write(bytes) == 0 ? refusals + 1 : 0;
            return refusals == 50;
        }, () => "There is room without end.");
    }
}
