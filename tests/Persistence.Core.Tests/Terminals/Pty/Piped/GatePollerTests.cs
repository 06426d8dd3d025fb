using Persistence.Platform;
using Persistence.Terminals.Pty;
using Persistence.Terminals.Pty.Piped;
using Xunit;

namespace Persistence.Tests.Terminals.Pty.Piped;

public sealed class GatePollerTests : IDisposable
{
    private readonly GatePoller _poller = new(SystemScheduler.Instance, TimeProvider.System);
    private readonly PipedProgram _program = new();

    public GatePollerTests() => _poller.Add(_program);

    public void Dispose()
    {
        _poller.Dispose();
        _program.Dispose();
    }

    [Fact]
    public async Task Output_ends_the_wait()
    {
        Task<List<PtyEvent>> waiting = Task.Run(() => Wait(Timeout.InfiniteTimeSpan), TestContext.Current.CancellationToken);
        _program.Say([1]);
        Assert.Equal(new PtyEvent(_program, CanRead: true, CanWrite: false, HasExited: false), Assert.Single(await waiting));
    }

    [Fact]
    public void Room_is_reported_where_it_is_waited_for()
    {
        Assert.Empty(Wait());
        _poller.Watch(_program, PtyInterest.Input);
        Assert.True(Assert.Single(Wait()).CanWrite);
        _poller.Watch(_program, PtyInterest.None);
        Assert.Empty(Wait());
    }

    [Fact]
    public void The_end_is_reported_once_whatever_is_waited_for()
    {
        _poller.Watch(_program, PtyInterest.None);
        _program.Exit();
        Assert.Equal(new PtyEvent(_program, CanRead: false, CanWrite: false, HasExited: true), Assert.Single(Wait(Timeout.InfiniteTimeSpan)));
        Assert.Empty(Wait());
        _poller.Watch(_program, PtyInterest.Output);
        Assert.True(Assert.Single(Wait(Timeout.InfiniteTimeSpan)).CanRead);
        Assert.Equal(PtyRead.Ended, _program.Read(new byte[1]));
    }

    [Fact]
    public async Task Waking_ends_the_wait_or_the_next_one()
    {
        _poller.Wake();
        Assert.Empty(Wait(Timeout.InfiniteTimeSpan));
        Task waiting = Task.Run(() => Wait(Timeout.InfiniteTimeSpan), TestContext.Current.CancellationToken);
        _poller.Wake();
        await waiting;
    }

    [Fact]
    public void What_was_removed_is_not_reported()
    {
        _poller.Remove(_program);
        _program.Say([1]);
        PtyReading.Until(() => _program.CanRead, () => "Nothing came.");
        Assert.Empty(Wait());
        _poller.Remove(_program);
        _poller.Watch(_program, PtyInterest.Output);
        _poller.Add(_program);
        Assert.Single(Wait());
    }

    [Fact]
    public void What_cannot_be_waited_for_is_refused()
    {
        Assert.Throws<ArgumentException>(() => _poller.Add(_program));
        Assert.Throws<ArgumentException>(() => _poller.Add(new ForeignPty()));
    }

    private List<PtyEvent> Wait() => Wait(TimeSpan.FromMilliseconds(20));

    private List<PtyEvent> Wait(TimeSpan timeout)
    {
        List<PtyEvent> ready = [default];
        _poller.Wait(ready, timeout);
        return ready;
    }
}
